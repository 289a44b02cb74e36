import { create } from 'zustand';
import type { ToolServer } from '../../electron/contract/tool-servers';
import type { Consent, ToolServerStatus } from '../../electron/contract/tools';
import { bridge } from '../bridge/bridge';
import { errorInfo } from '../lib/errors';
import { useChat } from './chat';
import { changeConversation } from './conversations';
import { liveTurnOf } from './live';
import { updateSettings, useSettings } from './settings';
import { showError } from './toasts';

/** How the servers of tools are; what they are is in the settings. */
interface ToolsState {
  readonly statuses: readonly ToolServerStatus[];
}

export const useTools = create<ToolsState>(() => ({ statuses: [] }));

export async function loadTools(): Promise<void> {
  useTools.setState({ statuses: await bridge().request('tools.servers') });
}

/** As they are now: another window, or an answer that was just allowed something, may have changed them. */
const serversNow = (): readonly ToolServer[] => useSettings.getState().toolServers;

const keepServers = (toolServers: readonly ToolServer[]): Promise<void> =>
  updateSettings({ toolServers: [...toolServers] });

export function addServers(servers: readonly ToolServer[]): void {
  void keepServers([...serversNow(), ...servers]);
}

export function changeServer(id: string, change: Partial<ToolServer>): void {
  void keepServers(serversNow().map((server) => (server.id === id ? { ...server, ...change } : server)));
}

export function removeServer(id: string): void {
  void keepServers(serversNow().filter((server) => server.id !== id));
}

/** With everything that was allowed of it, at its place. */
export function restoreServer(server: ToolServer, at: number): void {
  if (serversNow().some(({ id }) => id === server.id)) return;
  void keepServers(serversNow().toSpliced(at, 0, server));
}

export async function restartServer(id: string): Promise<void> {
  try {
    await bridge().request('tools.restart', id);
  } catch (error) {
    showError(errorInfo(error));
  }
}

/** Servers to which this window's user wants to sign in, and has not seen the page for that. */
const begunHere = new Set<string>();

/** Once for each sign-in. */
export function wasBegunHere(id: string): boolean {
  return begunHere.delete(id);
}

export async function signIn(id: string): Promise<void> {
  begunHere.add(id);
  try {
    await bridge().request('tools.signIn', id);
  } catch (error) {
    showError(errorInfo(error));
  }
}

export async function finishSignIn(id: string, address: string): Promise<void> {
  try {
    await bridge().request('tools.finishSignIn', id, address);
  } catch (error) {
    showError(errorInfo(error));
  }
}

export async function signOut(id: string): Promise<void> {
  try {
    await bridge().request('tools.signOut', id);
  } catch (error) {
    showError(errorInfo(error));
  }
}

export async function giveConsent(messageId: string, callId: string, consent: Consent): Promise<void> {
  const turnId = liveTurnOf(messageId)?.turnId;
  if (turnId === undefined) return;
  try {
    await bridge().request('tools.consent', turnId, callId, consent);
  } catch (error) {
    showError(errorInfo(error));
  }
}

/** Which servers the conversation in view uses; null: all that are switched on. */
export function setConversationServers(ids: readonly string[] | null): void {
  const { conversationId, options } = useChat.getState();
  const { tools: _, ...rest } = options;
  const next = ids === null ? rest : { ...rest, tools: ids };
  useChat.setState({ options: next });
  // One that has not begun takes them along when it does.
  if (conversationId !== null) void changeConversation(conversationId, { options: next });
}
