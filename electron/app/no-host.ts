import type { HostHandlers } from '../contract/api';
import { AppError } from '../contract/errors';
import type { ServerStatus } from '../contract/shell';

/** Where there is no window of our own. The page hides what leads here. */
function refuse(): never {
  throw new AppError('invalid-request', 'This can be done only in the app’s own window, not in a browser.', {
    kind: 'not-in-browser',
  });
}

/** The answers of a host that is no more than the app; the headless one says where its server is. */
export function hostWithout(server: ServerStatus): HostHandlers {
  return {
    'server.status': () => server,
    'shell.status': () => null,
    'shell.checkForUpdates': refuse,
    'shell.downloadUpdate': refuse,
    'shell.installUpdate': refuse,
    'shell.openDataFolder': refuse,
    'shell.chooseFolder': refuse,
    'shell.openMicrophoneSettings': refuse,
    'shell.showQuickAsk': refuse,
    'shell.hideQuickAsk': refuse,
    'shell.sizeQuickAsk': refuse,
    'shell.openConversation': refuse,
  };
}

export const noHost = hostWithout({ state: 'off' });
