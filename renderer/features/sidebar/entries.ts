import type { ConversationSummary, Folder, Timestamp } from '../../../electron/contract/conversations';
import { type GroupName, groupConversations } from '../../lib/grouping';

/** One line of the list. */
export type Entry =
  | { readonly kind: 'group'; readonly key: string; readonly name: GroupName }
  | {
      readonly kind: 'folder';
      readonly key: string;
      readonly folder: Folder;
      readonly count: number;
      readonly open: boolean;
    }
  | { readonly kind: 'empty'; readonly key: string; readonly folderId: string }
  | { readonly kind: 'conversation'; readonly key: string; readonly summary: ConversationSummary };

interface Given {
  readonly conversations: readonly ConversationSummary[];
  readonly folders: readonly Folder[];
  readonly closed: ReadonlySet<string>;
  readonly now: Timestamp;
}

/** Pinned ones, then folders, then the rest by date. Archived ones are elsewhere; a pinned one is not in its folder as well. */
export function toEntries({ conversations, folders, closed, now }: Given): readonly Entry[] {
  const known = new Set(folders.map(({ id }) => id));
  const inside = new Map<string, ConversationSummary[]>();
  const rest: ConversationSummary[] = [];
  for (const summary of conversations) {
    if (summary.archived) continue;
    if (summary.pinned || summary.folderId === null || !known.has(summary.folderId)) {
      rest.push(summary);
      continue;
    }
    const list = inside.get(summary.folderId);
    if (list) list.push(summary);
    else inside.set(summary.folderId, [summary]);
  }
  const entries: Entry[] = [];
  const add = (list: readonly ConversationSummary[]) => {
    for (const summary of list) entries.push({ kind: 'conversation', key: summary.id, summary });
  };
  const groups = groupConversations(rest, now);
  const addGroup = (name: GroupName, list: readonly ConversationSummary[]) => {
    entries.push({ kind: 'group', key: name, name });
    add(list);
  };
  for (const group of groups) if (group.name === 'pinned') addGroup(group.name, group.conversations);
  for (const folder of folders) {
    const list = inside.get(folder.id) ?? [];
    const open = !closed.has(folder.id);
    entries.push({ kind: 'folder', key: `folder:${folder.id}`, folder, count: list.length, open });
    if (!open) continue;
    if (list.length === 0) entries.push({ kind: 'empty', key: `empty:${folder.id}`, folderId: folder.id });
    add(list);
  }
  for (const group of groups) if (group.name !== 'pinned') addGroup(group.name, group.conversations);
  return entries;
}
