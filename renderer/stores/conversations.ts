import i18next from 'i18next';
import { create } from 'zustand';
import type { ConversationChange } from '../../electron/contract/api';
import type { ConversationSummary } from '../../electron/contract/conversations';
import { bridge } from '../bridge/bridge';
import { errorInfo } from '../lib/errors';
import { newConversation, openConversation, useChat } from './chat';
import { showError, showToast } from './toasts';

interface ConversationsState {
  /** Last changed first, archived ones among them; null until the app has answered. */
  readonly list: readonly ConversationSummary[] | null;
}

export const useConversations = create<ConversationsState>(() => ({ list: null }));

export async function loadConversations(): Promise<void> {
  const list = await bridge().request('conversations.list');
  useConversations.setState({ list });
}

/** Puts a summary where its time of change says; one in the bin leaves the list. */
export function placeSummary(
  list: readonly ConversationSummary[],
  summary: ConversationSummary,
): ConversationSummary[] {
  const rest = list.filter(({ id }) => id !== summary.id);
  if (summary.deletedAt !== null) return rest;
  const index = rest.findIndex(({ updatedAt }) => updatedAt <= summary.updatedAt);
  return index < 0 ? [...rest, summary] : rest.toSpliced(index, 0, summary);
}

export function applySummary(summary: ConversationSummary): void {
  useConversations.setState(({ list }) => ({ list: list && placeSummary(list, summary) }));
}

export function removeSummaries(ids: readonly string[]): void {
  const gone = new Set(ids);
  useConversations.setState(({ list }) => ({ list: list?.filter(({ id }) => !gone.has(id)) ?? null }));
}

export async function changeConversation(id: string, change: ConversationChange): Promise<void> {
  const before = useConversations.getState().list?.find((summary) => summary.id === id);
  if (before) {
    const { options: _, ...summaryChange } = change;
    applySummary({
      ...before,
      ...summaryChange,
      ...(change.title !== undefined && { titleIsManual: true }),
    });
  }
  try {
    applySummary(await bridge().request('conversations.update', id, change));
  } catch (error) {
    if (before) applySummary(before);
    showError(errorInfo(error));
  }
}

/** Into the bin at once, without asking: the toast takes it back. One that is in view leaves it, and comes back to it. */
export async function deleteConversations(ids: readonly string[]): Promise<void> {
  const { conversationId } = useChat.getState();
  const left = conversationId !== null && ids.includes(conversationId) ? conversationId : null;
  if (left !== null) newConversation();
  removeSummaries(ids);
  try {
    await bridge().request('conversations.delete', ids);
  } catch (error) {
    showError(errorInfo(error));
    await loadConversations();
    await backTo(left);
    return;
  }
  showToast(i18next.t('sidebar.deleted', { count: ids.length }), {
    label: i18next.t('common.undo'),
    run: () => void restoreConversations(ids, left),
  });
}

async function restoreConversations(ids: readonly string[], left: string | null): Promise<void> {
  try {
    await bridge().request('conversations.restore', ids);
    await loadConversations();
    await backTo(left);
  } catch (error) {
    showError(errorInfo(error));
  }
}

/** Unless the user has gone on to another one meanwhile. */
async function backTo(left: string | null): Promise<void> {
  if (left !== null && useChat.getState().conversationId === null) await openConversation(left);
}
