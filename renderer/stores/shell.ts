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
  const [shell, server] = await Promise.all([
    bridge().request('shell.status'),
    bridge().request('server.status'),
  ]);
  useShell.setState({ shell, server });
}
