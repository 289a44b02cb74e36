import { statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataFolder, preparePaths } from './paths';
import { temporaryHome } from './testing/temporary-home';

describe('dataFolder', () => {
  const at = (platform: NodeJS.Platform, env: Record<string, string> = {}) =>
    dataFolder({ platform, env, userHome: '/home/u' });

  it('is where each platform keeps such things', () => {
    expect(at('linux')).toBe('/home/u/.local/share/autoglm-desktop');
    expect(at('linux', { XDG_DATA_HOME: '/data' })).toBe('/data/autoglm-desktop');
    expect(at('darwin')).toBe('/home/u/Library/Application Support/AutoGLM Desktop');
    expect(at('win32', { APPDATA: '/roaming' })).toBe('/roaming/AutoGLM Desktop');
  });

  it('is where AUTOGLM_HOME says', () => {
    expect(at('linux', { AUTOGLM_HOME: 'here' })).toBe(resolve('here'));
  });
});

describe('preparePaths', () => {
  it('makes the folders, for this user alone', () => {
    const paths = preparePaths(join(temporaryHome(), 'deep', 'home'));
    expect(statSync(paths.attachments).isDirectory()).toBe(true);
    if (process.platform !== 'win32') expect(statSync(paths.home).mode & 0o077).toBe(0);
  });

  it('names the folder it cannot make', () => {
    const file = join(temporaryHome(), 'a-file');
    writeFileSync(file, '');
    expect(() => preparePaths(file)).toThrow(/a-file could not be made.*AUTOGLM_HOME/);
  });
});
