import { type AppCore, repeat } from '../core';
import { Conversations } from './conversations';
import { Folders } from './folders';
import { Transfer } from './transfer';

const DAY_MS = 86_400_000;

/** The conversations of the database, their folders, and how they come from and go to files. */
export function openConversations({ database, emitter }: AppCore) {
  const conversations = new Conversations(database, {
    changed: (payload) => emitter.emit({ name: 'conversation.changed', payload }),
    removed: (id) => emitter.emit({ name: 'conversation.removed', payload: { id } }),
    changedMany: () => emitter.emit({ name: 'conversations.changed', payload: null }),
  });
  const { messages, removal } = conversations;
  const folders = new Folders(database, (payload) => emitter.emit({ name: 'folders.changed', payload }));
  const transfer = new Transfer({ database, messages, folders, removal });
  messages.endInterrupted();
  const close = repeat(() => conversations.purgeBin(), DAY_MS);
  return { conversations, folders, transfer, close };
}
