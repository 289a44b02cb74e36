import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryHome } from '../app/testing/temporary-home';
import { autostartEntry, canLaunchAtLogin, setLaunchAtLogin } from './login-item';

const { set } = vi.hoisted(() => ({ set: vi.fn() }));
vi.mock('electron', () => ({ app: { setLoginItemSettings: set } }));

describe('start at login', () => {
  it('is a file on Linux, written and taken away', () => {
    const home = temporaryHome();
    const env = { XDG_CONFIG_HOME: home, APPIMAGE: '/opt/AutoGLM 1.AppImage' };
    const options = { platform: 'linux', packaged: true, env, log: () => {} } as const;
    const file = join(home, 'autostart', 'autoglm-desktop.desktop');
    setLaunchAtLogin(true, options);
    expect(readFileSync(file, 'utf8')).toContain('Exec="/opt/AutoGLM 1.AppImage" --hidden\n');
    setLaunchAtLogin(false, options);
    setLaunchAtLogin(false, options);
    expect(existsSync(file)).toBe(false);
  });

  it('says in the log when the file cannot be written', () => {
    const lines: string[] = [];
    const env = { XDG_CONFIG_HOME: '/dev/null' };
    setLaunchAtLogin(true, { platform: 'linux', packaged: true, env, log: (line) => lines.push(line) });
    expect(lines).toHaveLength(1);
  });

  it('asks the system elsewhere', () => {
    const options = { packaged: true, env: {}, log: () => {} };
    setLaunchAtLogin(true, { ...options, platform: 'win32' });
    expect(set).toHaveBeenLastCalledWith({ openAtLogin: true, args: ['--hidden'] });
    setLaunchAtLogin(false, { ...options, platform: 'darwin' });
    expect(set).toHaveBeenLastCalledWith({ openAtLogin: false });
  });

  it('is not offered by a checkout', () => {
    expect(canLaunchAtLogin({ platform: 'linux', packaged: false })).toBe(false);
    set.mockClear();
    setLaunchAtLogin(true, { platform: 'win32', packaged: false, env: {}, log: () => {} });
    expect(set).not.toHaveBeenCalled();
  });

  it('quotes what a path may hold', () => {
    expect(autostartEntry('/a "b" $c/100%')).toContain('Exec="/a \\\\"b\\\\" \\\\$c/100%%" --hidden');
  });
});
