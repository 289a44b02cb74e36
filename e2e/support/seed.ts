import { randomUUID } from 'node:crypto';
import { Conversations } from '../../electron/app/conversations/conversations';
import { openDatabase } from '../../electron/app/database/open-database';
import { preparePaths } from '../../electron/app/paths';
import type { AssistantMessage, UserMessage } from '../../electron/contract/conversations';

export interface Exchange {
  readonly question: string;
  readonly answer: string;
  readonly reasoning?: string;
}

/** Writes a conversation into a home before an app is started on it, by the app's own code. Returns its id. */
export function seedConversation(home: string, title: string, exchanges: readonly Exchange[]): string {
  const { database } = openDatabase(preparePaths(home).database);
  try {
    const conversations = new Conversations(database, { changed: () => {}, removed: () => {} });
    return database.transaction(() => {
      const { id } = conversations.create(title);
      let parentId: string | null = null;
      for (const { question, answer, reasoning = '' } of exchanges) {
        const asked: UserMessage = { ...base(id, parentId, question), role: 'user', attachments: [] };
        const answered: AssistantMessage = {
          ...base(id, asked.id, answer),
          role: 'assistant',
          state: 'done',
          reasoning,
          modelId: 'autoglm-phone-nano',
          thinking: reasoning !== '',
          finishReason: 'stop',
          stats: null,
          error: null,
        };
        conversations.messages.insert(asked);
        conversations.messages.insert(answered);
        parentId = answered.id;
      }
      if (parentId !== null) conversations.touch(id, parentId);
      return id;
    });
  } finally {
    database.close();
  }
}

function base(conversationId: string, parentId: string | null, text: string) {
  return { id: randomUUID(), conversationId, parentId, createdAt: Date.now(), text };
}
