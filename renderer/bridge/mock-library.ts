import type { Events, RequestHandlers } from '../../electron/contract/api';
import type { Conversation, ConversationSummary, Folder } from '../../electron/contract/conversations';
import { AppError } from '../../electron/contract/errors';

type Emit = <K extends keyof Events>(name: K, payload: Events[K]) => void;
type Names =
  | 'conversations.updateMany'
  | 'conversations.bin'
  | 'conversations.deleteForever'
  | 'conversations.duplicate'
  | 'conversations.export'
  | 'conversations.import'
  | 'conversations.cancelImport'
  | 'messages.delete'
  | 'messages.restore'
  | `folders.${'list' | 'create' | 'rename' | 'delete'}`;

/** Folders, archive, bin and files of the scripted app; `folders` in the address puts some conversations into two of them. */
export function mockLibrary(
  query: URLSearchParams,
  conversations: Map<string, Conversation>,
  emit: Emit,
): Pick<RequestHandlers, Names> {
  const chinese = query.get('lang') === 'zh';
  let folders: readonly Folder[] = query.has('folders')
    ? [
        { id: 'f1', name: chinese ? '工作' : 'Work' },
        { id: 'f2', name: chinese ? '读书笔记' : 'Reading notes' },
      ]
    : [];
  const change = (id: string, update: Partial<Conversation>) => {
    const known = conversations.get(id);
    if (known) conversations.set(id, { ...known, ...update });
  };
  if (query.has('folders')) {
    for (const id of ['c2', 'c4']) change(id, { folderId: 'f1' });
    for (const id of ['c5', 'c7']) change(id, { archived: true });
    for (const id of ['c6', 'c8']) change(id, { deletedAt: Date.now() - 86_400_000 });
  }
  const setFolders = (next: readonly Folder[]) => {
    folders = next;
    emit('folders.changed', folders);
  };
  const summaryOf = ({
    messages: _m,
    options: _o,
    leafId: _l,
    ...summary
  }: Conversation): ConversationSummary => summary;
  const find = (id: string) => {
    const known = conversations.get(id);
    if (!known) throw new AppError('not-found', `No conversation ${id}.`);
    return known;
  };
  const hidden = new Map<string, Conversation['messages']>();
  let counter = 1;
  return {
    'conversations.updateMany': (ids, update) => {
      for (const id of ids) change(id, update);
      emit('conversations.changed', null);
    },
    'conversations.bin': () =>
      [...conversations.values()].filter(({ deletedAt }) => deletedAt !== null).map(summaryOf),
    'conversations.deleteForever': (ids) => {
      for (const id of ids) conversations.delete(id);
    },
    'conversations.duplicate': (id, title) => {
      const copy = { ...find(id), id: `d${counter++}`, title, updatedAt: Date.now(), pinned: false };
      conversations.set(copy.id, copy);
      return summaryOf(copy);
    },
    'conversations.export': (ids) =>
      ids.map((id) => {
        const { messages, folderId, deletedAt: _, ...rest } = find(id);
        const folder = folders.find((known) => known.id === folderId) ?? null;
        return {
          ...rest,
          folder,
          messages: messages.map(({ conversationId: _id, ...message }) => ({
            ...message,
            selectedChildId: null,
          })),
        };
      }),
    'conversations.cancelImport': () => {},
    'conversations.import': (batch) =>
      batch.conversations.map(({ folder: _, continued: _c, messages, ...rest }) => {
        const id = conversations.has(rest.id) ? `i${counter++}` : rest.id;
        const own = messages.map((message) => ({ ...message, conversationId: id }));
        conversations.set(id, { ...rest, id, folderId: null, deletedAt: null, messages: own });
        return id;
      }),
    'messages.delete': (id, messageId) => {
      const conversation = find(id);
      const gone = new Set([messageId]);
      for (const { id: child, parentId } of conversation.messages)
        if (parentId !== null && gone.has(parentId)) gone.add(child);
      hidden.set(id, conversation.messages);
      const parent = conversation.messages.find((message) => message.id === messageId)?.parentId ?? null;
      const messages = conversation.messages.filter((message) => !gone.has(message.id));
      change(id, { messages, leafId: parent });
      return { conversation: find(id), messageIds: [...gone] };
    },
    'messages.restore': (id) => {
      const messages = hidden.get(id) ?? find(id).messages;
      change(id, { messages, leafId: messages.at(-1)?.id ?? null });
      return find(id);
    },
    'folders.list': () => folders,
    'folders.create': (name) => {
      const folder = { id: `f${counter++}n`, name };
      setFolders([...folders, folder]);
      return folder;
    },
    'folders.rename': (id, name) =>
      setFolders(folders.map((folder) => (folder.id === id ? { ...folder, name } : folder))),
    'folders.delete': (id) => {
      setFolders(folders.filter((folder) => folder.id !== id));
      const ids = [...conversations.values()]
        .filter(({ folderId }) => folderId === id)
        .map(({ id: own }) => own);
      for (const own of ids) change(own, { folderId: null });
      return ids;
    },
  };
}
