import i18next from 'i18next';
import { create } from 'zustand';
import type { ManyConversationsChange } from '../../electron/contract/api';
import type { ConversationSummary } from '../../electron/contract/conversations';
import { bridge } from '../bridge/bridge';
import { errorInfo } from '../lib/errors';
import { openConversation } from './chat';
import { applySummary, loadConversations, useConversations } from './conversations';
import { showError, showToast } from './toasts';

/** What is done to several conversations at once, and the bin. */

interface LibraryState {
  /** Which part of what is not in the sidebar is shown; null: none. */
  readonly open: 'archive' | 'bin' | null;
  /** Last deleted first; null until the app has answered. */
  readonly bin: readonly ConversationSummary[] | null;
}

export const useLibrary = create<LibraryState>(() => ({ open: null, bin: null }));

export function openLibrary(open: 'archive' | 'bin'): void {
  useLibrary.setState({ open });
  if (open === 'bin') void loadBin();
}

async function loadBin(): Promise<void> {
  try {
    useLibrary.setState({ bin: await bridge().request('conversations.bin') });
  } catch (error) {
    showError(errorInfo(error));
  }
}

export async function restoreFromBin(ids: readonly string[]): Promise<void> {
  try {
    await bridge().request('conversations.restore', ids);
    await Promise.all([loadConversations(), loadBin()]);
    showToast(i18next.t('library.restored', { count: ids.length }));
  } catch (error) {
    showError(errorInfo(error));
  }
}

/** Cannot be undone: ask before. */
export async function deleteForever(ids: readonly string[]): Promise<void> {
  try {
    await bridge().request('conversations.deleteForever', ids);
    await loadBin();
    showToast(i18next.t('library.deletedForever', { count: ids.length }));
  } catch (error) {
    showError(errorInfo(error));
  }
}

export async function archiveConversations(ids: readonly string[], archived: boolean): Promise<void> {
  const text = i18next.t(archived ? 'library.archived' : 'library.unarchived', { count: ids.length });
  await changeMany(ids, { archived }, text);
}

export async function moveConversations(ids: readonly string[], folderId: string | null): Promise<void> {
  const moved = ids.filter((id) => summaryOf(id)?.folderId !== folderId);
  if (moved.length === 0) return;
  await changeMany(moved, { folderId }, i18next.t('folders.moved', { count: moved.length }));
}

export async function duplicateConversation(id: string): Promise<void> {
  const title = summaryOf(id)?.title || i18next.t('header.untitled');
  try {
    const copy = await bridge().request(
      'conversations.duplicate',
      id,
      i18next.t('library.copyOf', { title }),
    );
    applySummary(copy);
    await openConversation(copy.id);
  } catch (error) {
    showError(errorInfo(error));
  }
}

function summaryOf(id: string): ConversationSummary | undefined {
  return useConversations.getState().list?.find((summary) => summary.id === id);
}

/** Seen at once; the toast takes it back to what each of them was. */
async function changeMany(
  ids: readonly string[],
  change: ManyConversationsChange,
  text: string,
): Promise<void> {
  const chosen = new Set(ids);
  const before = useConversations.getState().list?.filter(({ id }) => chosen.has(id)) ?? [];
  if (!(await apply(ids, change))) return;
  showToast(text, {
    label: i18next.t('common.undo'),
    run: () => {
      for (const [earlier, group] of groupByEarlier(before, change)) void apply(group, earlier);
    },
  });
}

async function apply(ids: readonly string[], change: ManyConversationsChange): Promise<boolean> {
  const chosen = new Set(ids);
  useConversations.setState(({ list }) => ({
    list: list?.map((summary) => (chosen.has(summary.id) ? { ...summary, ...change } : summary)) ?? null,
  }));
  try {
    await bridge().request('conversations.updateMany', ids, change);
    return true;
  } catch (error) {
    showError(errorInfo(error));
    await loadConversations();
    return false;
  }
}

/** Several conversations may have come from several folders: what brings each of them back. */
function groupByEarlier(
  before: readonly ConversationSummary[],
  change: ManyConversationsChange,
): readonly (readonly [ManyConversationsChange, readonly string[]])[] {
  const groups = new Map<string, [ManyConversationsChange, string[]]>();
  for (const { id, pinned, archived, folderId } of before) {
    const earlier: ManyConversationsChange = {
      ...(change.pinned !== undefined && { pinned }),
      ...(change.archived !== undefined && { archived }),
      ...(change.folderId !== undefined && { folderId }),
    };
    const key = JSON.stringify(earlier);
    const group = groups.get(key) ?? [earlier, []];
    group[1].push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}
