import { join } from 'node:path';
import { Menu, Tray } from 'electron';
import { type Language, labelsIn } from './labels';

export interface TrayOptions {
  /** build/icons, beside the app's code. */
  readonly icons: string;
  readonly platform: NodeJS.Platform;
  readonly open: () => void;
  readonly quickAsk: () => void;
  readonly newChat: () => void;
  readonly quit: () => void;
}

export class AppTray {
  readonly #options: TrayOptions;
  readonly #tray: Tray | null;

  constructor(options: TrayOptions) {
    this.#options = options;
    this.#tray = makeTray(join(options.icons, iconName(options.platform)));
    // A Mac opens the menu with a click; elsewhere the click opens the app and the other button the menu.
    if (options.platform !== 'darwin') this.#tray?.on('click', options.open);
  }

  /** False on a desktop without one. Nothing may then be closed into it. */
  exists(): boolean {
    return this.#tray !== null;
  }

  follow(language: Language): void {
    const labels = labelsIn(language);
    const { open, quickAsk, newChat, quit } = this.#options;
    this.#tray?.setToolTip(labels.app);
    this.#tray?.setContextMenu(
      Menu.buildFromTemplate([
        { label: labels.open, click: open },
        { label: labels.quickAsk, click: quickAsk },
        { label: labels.newChat, click: newChat },
        { type: 'separator' },
        { label: labels.quit, click: quit },
      ]),
    );
  }

  close(): void {
    this.#tray?.destroy();
  }
}

function iconName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'trayTemplate.png';
  return platform === 'win32' ? 'tray.ico' : 'tray.png';
}

function makeTray(icon: string): Tray | null {
  try {
    return new Tray(icon);
  } catch {
    // No icon file, or no place to show it: the app is complete without.
    return null;
  }
}
