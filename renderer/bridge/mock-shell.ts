import type { Events, HostHandlers } from '../../electron/contract/api';
import type { ShellStatus, UpdateStatus } from '../../electron/contract/shell';

type Emit = <K extends keyof Events>(name: K, payload: Events[K]) => void;

/**
 * A browser's host, or with `electron` in the address one with a window of its own: `update` (a state of contract/shell.ts),
 * `server` (off, running, failed), `shortcut` (taken).
 */
export function mockShell(query: URLSearchParams, emit: Emit): HostHandlers {
  const own = query.has('electron');
  let update = toUpdate(query.get('update') ?? 'unavailable');
  const status = (): ShellStatus => ({
    quickAsk: query.get('shortcut') === 'taken' ? 'taken' : 'registered',
    talk: 'registered',
    update,
    canLaunchAtLogin: true,
    tray: true,
  });
  const become = (state: string) => {
    update = toUpdate(state);
    emit('shell.status', status());
  };
  return {
    'server.status': () => {
      const server = query.get('server') ?? (own ? 'off' : 'running');
      if (server === 'running') return { state: 'running', url: 'http://127.0.0.1:8000' };
      if (server === 'off') return { state: 'off' };
      const message = 'Port 8000 is already used by another program. Choose another port.';
      return { state: 'failed', port: 8000, error: { code: 'unavailable', message } };
    },
    'shell.status': () => (own ? status() : null),
    'shell.checkForUpdates': () => become('available'),
    'shell.downloadUpdate': () => become('downloaded'),
    'shell.installUpdate': () => become('idle'),
    'shell.openDataFolder': () => {},
    'shell.chooseFolder': () => null,
    'shell.openMicrophoneSettings': () => {},
    'shell.showQuickAsk': () => {},
    'shell.hideQuickAsk': () => {},
    'shell.sizeQuickAsk': () => {},
    'shell.openConversation': () => {},
  };
}

function toUpdate(state: string): UpdateStatus {
  const version = '0.2.0';
  switch (state) {
    case 'available':
    case 'downloaded':
      return { state, version };
    case 'downloading':
      return { state, version, fraction: 0.4 };
    case 'failed':
      return { state, message: 'The update feed could not be reached.' };
    case 'current':
      return { state, checkedAt: Date.now() };
    case 'idle':
    case 'checking':
      return { state };
    default:
      return { state: 'unavailable' };
  }
}
