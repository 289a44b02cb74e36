import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { app as electron } from 'electron';

/** The switch a start at login carries: no window, only the tray. */
export const HIDDEN_SWITCH = '--hidden';

interface LoginItemOptions {
  readonly platform: NodeJS.Platform;
  readonly packaged: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
}

/** From a checkout it would start Electron alone, so only a package offers it. */
export function canLaunchAtLogin({
  platform,
  packaged,
}: Pick<LoginItemOptions, 'platform' | 'packaged'>): boolean {
  return packaged && ['darwin', 'win32', 'linux'].includes(platform);
}

export function setLaunchAtLogin(openAtLogin: boolean, options: LoginItemOptions): void {
  if (!canLaunchAtLogin(options)) return;
  const { platform, env, log } = options;
  if (platform !== 'linux') {
    // A Mac says itself how it was started; Windows is told what to pass.
    electron.setLoginItemSettings({ openAtLogin, ...(platform === 'win32' && { args: [HIDDEN_SWITCH] }) });
    return;
  }
  // Electron knows nothing of Linux's autostart folder, which every desktop reads (the XDG autostart specification).
  const file = join(
    env.XDG_CONFIG_HOME || join(homedir(), '.config'),
    'autostart',
    'autoglm-desktop.desktop',
  );
  try {
    if (!openAtLogin) rmSync(file, { force: true });
    else {
      mkdirSync(dirname(file), { recursive: true });
      // An AppImage runs from a folder that is gone when it ends; APPIMAGE says where it lies.
      writeFileSync(file, autostartEntry(env.APPIMAGE ?? process.execPath));
    }
  } catch (error) {
    log(`The start at login could not be changed: ${String(error)}`);
  }
}

/** Quoted by the rules of the Desktop Entry specification: in Exec, `%` and `\` are doubled as well. */
export function autostartEntry(program: string): string {
  const escaped = program
    .replace(/["`$\\]/g, '\\$&')
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%');
  return `[Desktop Entry]
Type=Application
Name=AutoGLM Desktop
Exec="${escaped}" ${HIDDEN_SWITCH}
X-GNOME-Autostart-enabled=true
`;
}
