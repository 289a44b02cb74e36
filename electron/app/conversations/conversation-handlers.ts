import type { HandlersOf } from '../../contract/api';
import type { Emitter } from '../emitter';
import type { Turns } from '../turns/turns';
import type { Conversations } from './conversations';
import type { Folders } from './folders';
import type { Transfer } from './transfer';

interface ConversationServices {
  readonly conversations: Conversations;
  readonly folders: Folders;
  readonly transfer: Transfer;
  readonly turns: Pick<Turns, 'endIn' | 'requireIdle'>;
  readonly emitter: Emitter;
}

/** What the page asks of conversations, their messages and folders. */
export function conversationHandlers({
  conversations,
  folders,
  transfer,
  turns,
  emitter,
}: ConversationServices): HandlersOf<'conversations' | 'messages' | 'folders'> {
  const announceAll = () => emitter.emit({ name: 'conversations.changed', payload: null });
  return {
    'conversations.list': () => conversations.list(),
    'conversations.get': (id) => conversations.get(id),
    'conversations.update': (id, change) => conversations.update(id, change),
    'conversations.updateMany': (ids, change) => conversations.updateMany(ids, change),
    'conversations.delete': (ids) => {
      turns.endIn(ids);
      conversations.delete(ids);
    },
    'conversations.restore': (ids) => conversations.restore(ids),
    'conversations.bin': () => conversations.bin(),
    'conversations.deleteForever': (ids) => void conversations.deleteForever(ids),
    'conversations.search': (query) => conversations.search(query),
    'conversations.selectBranch': (id, messageId) => conversations.selectBranch(id, messageId),
    'conversations.duplicate': async (id, title) => {
      const copy = await transfer.duplicate(id, title);
      emitter.emit({ name: 'conversation.changed', payload: copy });
      return copy;
    },
    'conversations.export': (ids) => transfer.export(ids),
    'conversations.import': async (batch) => {
      const ids = await transfer.imports.add(batch);
      if (!batch.last) return ids;
      emitter.emit({ name: 'folders.changed', payload: folders.list() });
      announceAll();
      return ids;
    },
    'conversations.cancelImport': (id) => transfer.imports.cancel(id),
    'messages.delete': (conversationId, messageId) => {
      turns.requireIdle(conversationId);
      return conversations.deleteMessage(conversationId, messageId);
    },
    'messages.restore': (conversationId, messageIds) => {
      turns.requireIdle(conversationId);
      return conversations.restoreMessages(conversationId, messageIds);
    },
    'folders.list': () => folders.list(),
    'folders.create': (name) => folders.create(name),
    'folders.rename': (id, name) => folders.rename(id, name),
    'folders.delete': (id) => {
      const ids = folders.delete(id);
      announceAll();
      return ids;
    },
  };
}
