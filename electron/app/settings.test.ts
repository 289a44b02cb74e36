import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../contract/settings';
import { SettingsStore } from './settings';
import { temporaryHome } from './testing/temporary-home';

describe('SettingsStore', () => {
  it('begins with the defaults and keeps what is changed', () => {
    const file = join(temporaryHome(), 'settings.json');
    const heard: Settings[] = [];
    const store = new SettingsStore(file, (settings) => heard.push(settings));
    expect(store.get()).toEqual(defaultSettings);
    store.update({ theme: 'dark', sampling: { temperature: 0.2 } });
    const changed = { ...defaultSettings, theme: 'dark', sampling: { temperature: 0.2 } };
    expect(store.update({ thinking: false })).toEqual({ ...changed, thinking: false });
    expect(heard).toHaveLength(2);
    const again = new SettingsStore(file);
    expect(again.get()).toEqual({ ...changed, thinking: false });
    expect(again.notices).toEqual([]);
  });

  it.each(['', '{"theme": "da', 'null', '[]', '\u0000\u0001'])('sets %j aside and says so', (content) => {
    const home = temporaryHome();
    const file = join(home, 'settings.json');
    writeFileSync(file, content);
    const store = new SettingsStore(file);
    expect(store.get()).toEqual(defaultSettings);
    expect(store.notices).toMatchObject([
      {
        message: expect.stringMatching(/damaged.*settings\.json\.damaged-/),
        details: { kind: 'settings-set-aside' },
      },
    ]);
    const aside = readdirSync(home).find((name) => name.includes('damaged')) ?? '';
    expect(readFileSync(join(home, aside), 'utf8')).toBe(content);
    expect(new SettingsStore(file).notices).toEqual([]);
  });

  it('loses no more than the values that are wrong', () => {
    const file = join(temporaryHome(), 'settings.json');
    writeFileSync(
      file,
      JSON.stringify({ theme: 'neon', language: 'zh-CN', sampling: { temperature: 99 }, fontSize: 18 }),
    );
    const store = new SettingsStore(file);
    expect(store.get()).toEqual({ ...defaultSettings, language: 'zh-CN', fontSize: 18 });
    expect(store.notices[0]).toMatchObject({
      message: expect.stringContaining('theme, sampling'),
      details: { kind: 'settings-partly-reset', fields: 'theme, sampling' },
    });
  });

  it('ignores settings of another version', () => {
    const file = join(temporaryHome(), 'settings.json');
    writeFileSync(file, JSON.stringify({ hologram: true }));
    expect(new SettingsStore(file)).toMatchObject({ notices: [] });
  });

  it('says when it cannot save, and stays as it was', () => {
    const home = temporaryHome();
    const file = join(home, 'settings.json');
    const store = new SettingsStore(file);
    // In the way of the temporary file; permissions would not stop the superuser of a CI machine.
    mkdirSync(`${file}.new`);
    expect(() => store.update({ theme: 'dark' })).toThrow(/could not be saved/);
    expect(store.get()).toEqual(defaultSettings);
  });
});
