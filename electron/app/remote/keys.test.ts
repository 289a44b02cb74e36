import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryHome } from '../testing/temporary-home';
import { ConnectionKeys, type KeyCipher } from './keys';

const URL_ = 'https://api.example.com/v1';
const BOX = { id: 'box', name: 'Box' };

const cipher: KeyCipher = {
  encrypt: (text) => Buffer.from(text).reverse().toString('base64'),
  decrypt: (text) => Buffer.from(text, 'base64').reverse().toString('utf8'),
};

function setup(given: KeyCipher | null = null, home = temporaryHome()) {
  const file = join(home, 'connection-keys.json');
  return { file, home, keys: new ConnectionKeys(file, given, () => {}) };
}

describe('the keys of connections', () => {
  it('are kept for the next start, readable by their owner alone', () => {
    const { file, home, keys } = setup();
    keys.set('box', URL_, { key: 'sk-1', headers: { 'X-Team': 'a' } });
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = setup(null, home).keys;
    expect(again.get(BOX, URL_)).toEqual({ key: 'sk-1', headers: { 'X-Team': 'a' } });
    expect(again.describe('box', URL_)).toEqual({ hasKey: true, headers: ['X-Team'] });
  });

  it('are encrypted where the host can, and said to be unreadable where another one cannot', () => {
    const { file, home, keys } = setup(cipher);
    keys.set('box', URL_, { key: 'sk-secret' });
    expect(readFileSync(file, 'utf8')).not.toContain('sk-secret');
    expect(setup(cipher, home).keys.get(BOX, URL_).key).toBe('sk-secret');
    const other = setup(null, home).keys;
    expect(() => other.get(BOX, URL_)).toThrow(
      expect.objectContaining({ details: { kind: 'remote-key-unreadable', name: 'Box' } }),
    );
    expect(other.describe('box', URL_)).toEqual({ hasKey: true, headers: [] });
  });

  it('go to the origin that they were entered for and to no other', () => {
    const { keys } = setup();
    keys.set('box', URL_, { key: 'sk-1' });
    expect(keys.get(BOX, 'https://api.example.com/other/v1').key).toBe('sk-1');
    for (const elsewhere of [
      'http://api.example.com/v1',
      'https://api.example.com:8443/v1',
      'https://evil.example/v1',
    ])
      expect(keys.get(BOX, elsewhere)).toEqual({ key: '', headers: {} });
    // Nor is it carried over by what is entered for the new one.
    keys.set('box', 'https://evil.example/v1', { headers: { a: 'b' } });
    expect(keys.get(BOX, 'https://evil.example/v1')).toEqual({ key: '', headers: { a: 'b' } });
  });

  it('stay as they are where nothing is entered, and go where they are emptied', () => {
    const { file, keys } = setup();
    keys.set('box', URL_, { key: 'sk-1' });
    keys.set('box', URL_, {});
    keys.set('box', URL_, { headers: { a: 'b' } });
    expect(keys.get(BOX, URL_)).toEqual({ key: 'sk-1', headers: { a: 'b' } });
    keys.set('box', URL_, { key: '', headers: {} });
    expect(existsSync(file)).toBe(false);
  });

  it('go with their connections', () => {
    const { file, keys } = setup();
    keys.set('box', URL_, { key: 'sk-1' });
    keys.set('other', URL_, { key: 'sk-2' });
    keys.keepOnly(new Set(['other']));
    expect(keys.get(BOX, URL_).key).toBe('');
    expect(readFileSync(file, 'utf8')).not.toContain('sk-1');
  });

  it('a damaged file is none', () => {
    const { file, home } = setup();
    writeFileSync(file, '{"box": {"origin": 1}}');
    expect(setup(null, home).keys.get(BOX, URL_).key).toBe('');
  });
});
