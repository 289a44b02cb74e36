import { create } from 'zustand';
import type { ServerStatus, ShellStatus } from '../../electron/contract/shell';
import { bridge } from '../bridge/bridge';

interface ShellState {
  /** Null in a browser: what needs a window of our own is then not shown. */
  readonly shell: ShellStatus | null;
  readonly server: ServerStatus;
}

export const useShell = create<ShellState>(() => ({ shell: null, server: { state: 'off' } }));

export async function loadShell(): Promise<void> {
  const app = bridge();
  await Promise.all([
    app.request('shell.status').then((shell) => useShell.setState({ shell })),
    app.request('server.status').then((server) => useShell.setState({ server })),
  ]);
}
