import { create } from 'zustand';
import type {
  Connection,
  ConnectionDraft,
  ConnectionSecrets,
  ConnectionStatus,
  FoundServer,
  RemoteModel,
} from '../../electron/contract/connections';
import type { ErrorInfo } from '../../electron/contract/errors';
import { bridge } from '../bridge/bridge';
import { errorInfo } from '../lib/errors';
import { useSettings } from './settings';
import { showError } from './toasts';

/** How the engines are that the user connected to; what they are is in the settings. */
interface ConnectionsState {
  readonly statuses: readonly ConnectionStatus[];
}

export const useConnections = create<ConnectionsState>(() => ({ statuses: [] }));

export async function loadConnectionStatuses(): Promise<void> {
  useConnections.setState({ statuses: await bridge().request('connections.statuses') });
}

export function statusOf(statuses: readonly ConnectionStatus[], id: string): ConnectionStatus | undefined {
  return statuses.find((status) => status.id === id);
}

/** Whoever looks at them wants to know how they are. */
export function checkConnections(): void {
  for (const { id, enabled } of useSettings.getState().connections) if (enabled) checkConnection(id);
}

/** What comes of it shows in its status. */
export function checkConnection(id: string): void {
  bridge()
    .request('connections.check', id)
    .catch(() => {});
}

export async function testConnection(draft: ConnectionDraft): Promise<FoundServer | ErrorInfo> {
  try {
    return await bridge().request('connections.test', draft);
  } catch (error) {
    return errorInfo(error);
  }
}

/** @returns as it was kept; null where it was not. */
export async function saveConnection(
  connection: Omit<Connection, 'id'> & { readonly id: string | null },
  secrets: ConnectionSecrets = {},
): Promise<Connection | null> {
  try {
    return await bridge().request('connections.save', connection, secrets);
  } catch (error) {
    showError(errorInfo(error));
    return null;
  }
}

export function changeConnection(id: string, change: Partial<Omit<Connection, 'id'>>): void {
  const connection = useSettings.getState().connections.find((other) => other.id === id);
  if (connection) void saveConnection({ ...connection, ...change });
}

/** What was learned of it before is learned anew. */
export function changeRemoteModel(connection: Connection, model: RemoteModel): void {
  const fresh = { ...model, learned: { refuses: [], opensThinking: model.learned.opensThinking } };
  changeConnection(connection.id, {
    models: connection.models.map((other) => (other.id === model.id ? fresh : other)),
  });
}

export async function removeConnection(id: string): Promise<void> {
  try {
    await bridge().request('connections.remove', id);
  } catch (error) {
    showError(errorInfo(error));
  }
}

export async function restoreConnection(id: string): Promise<void> {
  try {
    await bridge().request('connections.restore', id);
  } catch (error) {
    showError(errorInfo(error));
  }
}
