import i18next from 'i18next';
import { create } from 'zustand';
import type { Folder } from '../../electron/contract/conversations';
import { bridge } from '../bridge/bridge';
import { errorInfo } from '../lib/errors';
import { useConversations } from './conversations';
import { showError, showToast } from './toasts';
import { useUi } from './ui';

const STORAGE_KEY = 'folders.closed';

interface FoldersState {
  readonly list: readonly Folder[];
  /** Ids of the folders that are folded. */
  readonly closed: ReadonlySet<string>;
}

function readClosed(): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : []);
  } catch {
    return new Set();
  }
}

export const useFolders = create<FoldersState>(() => ({ list: [], closed: readClosed() }));

export async function loadFolders(): Promise<void> {
  useFolders.setState({ list: await bridge().request('folders.list') });
}

export function setFolderOpen(id: string, open: boolean): void {
  useFolders.setState(({ closed }) => {
    const next = new Set(closed);
    if (open) next.delete(id);
    else next.add(id);
    try {
      localStorage.setItem(STORAGE_KEY, JSON.stringify([...next]));
    } catch {
      // Storage full or off: it stays as it is while the page lives.
    }
    return { closed: next };
  });
}

/** Makes a folder and lets the user name it. `fill` is done with it first, for example to move something there. */
export async function createFolder(fill?: (id: string) => void): Promise<void> {
  try {
    const folder = await bridge().request('folders.create', i18next.t('folders.new'));
    await loadFolders();
    fill?.(folder.id);
    useUi.setState({ renaming: `folder:${folder.id}` });
  } catch (error) {
    showError(errorInfo(error));
  }
}

export async function renameFolder(id: string, name: string): Promise<void> {
  useFolders.setState(({ list }) => ({
    list: list.map((folder) => (folder.id === id ? { ...folder, name } : folder)),
  }));
  try {
    await bridge().request('folders.rename', id, name);
  } catch (error) {
    showError(errorInfo(error));
    await loadFolders();
  }
}

/** Its conversations stay, in the list by their date. */
export async function deleteFolder({ id, name }: Folder): Promise<void> {
  try {
    const ids = await bridge().request('folders.delete', id);
    useFolders.setState(({ list }) => ({ list: list.filter((folder) => folder.id !== id) }));
    useConversations.setState(({ list }) => ({
      list:
        list?.map((summary) => (summary.folderId === id ? { ...summary, folderId: null } : summary)) ?? null,
    }));
    showToast(i18next.t('folders.deleted', { name }), {
      label: i18next.t('common.undo'),
      run: () => void restoreFolder(name, ids),
    });
  } catch (error) {
    showError(errorInfo(error));
  }
}

async function restoreFolder(name: string, ids: readonly string[]): Promise<void> {
  try {
    const folder = await bridge().request('folders.create', name);
    await bridge().request('conversations.updateMany', ids, { folderId: folder.id });
  } catch (error) {
    showError(errorInfo(error));
  }
}
