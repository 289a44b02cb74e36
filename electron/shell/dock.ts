import { app as electron, Menu } from 'electron';
import type { Labels } from './labels';

interface TaskActions {
  readonly newChat: () => void;
  readonly quickAsk: () => void;
}

/** What the system offers at the app's icon: the Mac's Dock, Windows' task bar. Linux has none that every desktop reads. */
export function offerTasks(
  platform: NodeJS.Platform,
  labels: Labels,
  { newChat, quickAsk }: TaskActions,
): void {
  if (platform === 'darwin') {
    electron.dock?.setMenu(
      Menu.buildFromTemplate([
        { label: labels.newChat, click: newChat },
        { label: labels.quickAsk, click: quickAsk },
      ]),
    );
  }
  if (platform === 'win32') {
    electron.setUserTasks([
      {
        program: process.execPath,
        // A second start hands it to the first.
        arguments: 'autoglm://new',
        title: labels.newChat,
        description: labels.newChat,
        iconPath: process.execPath,
        iconIndex: 0,
      },
    ]);
  }
}
