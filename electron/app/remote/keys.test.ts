import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryHome } from '../testing/temporary-home';
import { ConnectionKeys, type KeyCipher } from './keys';

const URL_ = 'https://api.example.com/v1';
const BOX = { id: 'box', name: 'Box' };

const cipher: KeyCipher = {
  available: async () => true,
  encrypt: async (text) => Buffer.from(text).reverse().toString('base64'),
  decrypt: async (text) => Buffer.from(text, 'base64').reverse().toString('utf8'),
};

function setup(given: KeyCipher | null = null, home = temporaryHome()) {
  const file = join(home, 'connection-keys.json');
  return { file, home, keys: new ConnectionKeys(file, given, () => {}) };
}

describe('the keys of connections', () => {
  it('are kept for the next start, readable by their owner alone', async () => {
    const { file, home, keys } = setup();
    await keys.set('box', URL_, { key: 'sk-1', headers: { 'X-Team': 'a' } });
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = setup(null, home).keys;
    expect(await again.get(BOX, URL_)).toEqual({ key: 'sk-1', headers: { 'X-Team': 'a' } });
    expect(again.describe('box', URL_)).toEqual({ hasKey: true, headers: ['X-Team'] });
  });

  it('are encrypted where the host can, and said to be unreadable where another one cannot', async () => {
    const { file, home, keys } = setup(cipher);
    await keys.set('box', URL_, { key: 'sk-secret' });
    expect(readFileSync(file, 'utf8')).not.toContain('sk-secret');
    expect((await setup(cipher, home).keys.get(BOX, URL_)).key).toBe('sk-secret');
    const other = setup(null, home).keys;
    await expect(other.get(BOX, URL_)).rejects.toMatchObject({
      details: { kind: 'remote-key-unreadable', name: 'Box' },
    });
    expect(other.describe('box', URL_)).toEqual({ hasKey: true, headers: [] });
  });

  it('go to the origin that they were entered for and to no other', async () => {
    const { keys } = setup();
    await keys.set('box', URL_, { key: 'sk-1' });
    expect((await keys.get(BOX, 'https://api.example.com/other/v1')).key).toBe('sk-1');
    for (const elsewhere of [
      'http://api.example.com/v1',
      'https://api.example.com:8443/v1',
      'https://evil.example/v1',
    ])
      expect(await keys.get(BOX, elsewhere)).toEqual({ key: '', headers: {} });
    // Nor is it carried over by what is entered for the new one.
    await keys.set('box', 'https://evil.example/v1', { headers: { a: 'b' } });
    expect(await keys.get(BOX, 'https://evil.example/v1')).toEqual({ key: '', headers: { a: 'b' } });
  });

  it('stay as they are where nothing is entered, and go where they are emptied', async () => {
    const { file, keys } = setup();
    await keys.set('box', URL_, { key: 'sk-1' });
    await keys.set('box', URL_, {});
    await keys.set('box', URL_, { headers: { a: 'b' } });
    expect(await keys.get(BOX, URL_)).toEqual({ key: 'sk-1', headers: { a: 'b' } });
    await keys.set('box', URL_, { key: '', headers: {} });
    expect(existsSync(file)).toBe(false);
  });

  it('go with their connections', async () => {
    const { file, keys } = setup();
    await keys.set('box', URL_, { key: 'sk-1' });
    await keys.set('other', URL_, { key: 'sk-2' });
    keys.keepOnly(new Set(['other']));
    expect((await keys.get(BOX, URL_)).key).toBe('');
    expect(readFileSync(file, 'utf8')).not.toContain('sk-1');
  });

  it('a damaged file is none', async () => {
    const { file, home } = setup();
    writeFileSync(file, '{"box": {"origin": 1}}');
    expect((await setup(null, home).keys.get(BOX, URL_)).key).toBe('');
  });
});
