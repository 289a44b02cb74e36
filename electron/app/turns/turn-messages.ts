import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type {
  AssistantMessage,
  Attachment,
  Message,
  StartTurn,
  UserMessage,
} from '../../contract/conversations';
import { AppError, assertNever } from '../../contract/errors';
import type { RequestDraft } from '../../contract/request-draft';
import type { Settings } from '../../contract/settings';
import type { Conversations } from '../conversations/conversations';
import { storable } from '../conversations/text';
import { titleFrom } from '../conversations/title';
import { pathTo } from '../conversations/tree';
import type { AppDatabase } from '../database/database';
import { answerMessages } from '../tools/tool-messages';
import { toGenerationRequest } from './generation-request';

export interface TurnMessagesOptions {
  readonly database: AppDatabase;
  readonly conversations: Conversations;
  readonly settings: () => Settings;
  readonly attachmentPath: (sha256: string) => string;
  readonly now: () => number;
}

export interface PreparedTurn {
  readonly answer: AssistantMessage;
  /** Set where it is new. */
  readonly question: UserMessage | null;
  readonly request: RequestDraft;
}

/** The messages that a turn begins with, in the conversation's tree, and what the model is asked. */
export class TurnMessages {
  readonly #options: TurnMessagesOptions;

  constructor(options: TurnMessagesOptions) {
    this.#options = options;
  }

  /** Runs in a transaction, so that a refusal leaves nothing behind. */
  prepare(start: StartTurn): PreparedTurn {
    return this.#options.database.transaction(() => this.#prepare(start));
  }

  #prepare(start: StartTurn): PreparedTurn {
    switch (start.kind) {
      case 'send':
        return this.#prepareSend(start);
      case 'regenerate':
        return this.#prepareRegenerate(start);
      case 'continue':
        return this.#prepareContinue(start);
      default:
        return assertNever(start);
    }
  }

  #prepareSend(start: Extract<StartTurn, { kind: 'send' }>): PreparedTurn {
    const { conversations } = this.#options;
    const text = storable(start.text);
    if (!text.trim() && start.attachments.length === 0) {
      throw new AppError('invalid-request', 'There is nothing to send. Write a message first.', {
        kind: 'message-empty',
        field: 'text',
      });
    }
    this.#checkAttachments(start.attachments);
    const conversationId = start.conversationId ?? conversations.create(titleFrom(text), start.options).id;
    const messages = this.#open(conversationId);
    if (start.parentId !== null && find(messages, start.parentId).role !== 'assistant') {
      throw new AppError('invalid-request', 'A message can only follow an answer. Reload the conversation.', {
        kind: 'message-order',
        field: 'parentId',
      });
    }
    const question: UserMessage = {
      id: randomUUID(),
      conversationId,
      parentId: start.parentId,
      createdAt: this.#options.now(),
      role: 'user',
      text,
      attachments: start.attachments,
    };
    conversations.messages.insert(question);
    const answer = this.#addAnswer(question, start.thinking);
    const path = [...pathTo(messages, start.parentId), question];
    return { answer, question, request: this.#request(answer, path) };
  }

  #prepareRegenerate(start: Extract<StartTurn, { kind: 'regenerate' }>): PreparedTurn {
    const messages = this.#open(start.conversationId);
    const chosen = find(messages, start.messageId);
    // A question whose answer was deleted is answered itself.
    const path = pathTo(messages, chosen.role === 'user' ? chosen.id : chosen.parentId);
    const question = path.at(-1);
    if (question?.role !== 'user') {
      throw new AppError('not-found', 'The question of this answer is missing. Send it again.', {
        kind: 'question-gone',
        messageId: chosen.id,
      });
    }
    const answer = this.#addAnswer(question, start.thinking);
    return { answer, question: null, request: this.#request(answer, path) };
  }

  #prepareContinue(start: Extract<StartTurn, { kind: 'continue' }>): PreparedTurn {
    const { conversations } = this.#options;
    const messages = this.#open(start.conversationId);
    const answer = findAnswer(messages, start.messageId);
    if (answer.state === 'done' && answer.finishReason !== 'length') {
      throw new AppError('invalid-request', 'This answer is complete. Ask for another one instead.', {
        kind: 'answer-complete',
        field: 'messageId',
      });
    }
    conversations.messages.save({ ...answer, state: 'pending', finishReason: null, error: null });
    const leaf = conversations.messages.leafBelow(start.conversationId, answer.id) ?? answer.id;
    conversations.touch(start.conversationId, leaf);
    const asked = this.#request(answer, pathTo(messages, answer.parentId));
    // What it called stands before what it goes on writing.
    const { messages: called, rest } = answerMessages(answer);
    const request = { ...asked, messages: [...asked.messages, ...called] };
    const reasoning = answer.reasoning.slice(answer.toolCalls?.at(-1)?.reasoningBefore ?? 0).trimStart();
    const written = rest !== '' || reasoning !== '';
    return {
      answer,
      question: null,
      request: written ? { ...request, prefix: { reasoning, answer: rest } } : request,
    };
  }

  #open(conversationId: string): readonly Message[] {
    this.#options.conversations.require(conversationId);
    return this.#options.conversations.messages.inConversation(conversationId);
  }

  #addAnswer(question: UserMessage, thinking: boolean): AssistantMessage {
    const { conversations } = this.#options;
    const answer: AssistantMessage = {
      id: randomUUID(),
      conversationId: question.conversationId,
      parentId: question.id,
      createdAt: this.#options.now(),
      role: 'assistant',
      state: 'pending',
      text: '',
      reasoning: '',
      modelId: null,
      thinking,
      finishReason: null,
      stats: null,
      error: null,
    };
    conversations.messages.insert(answer);
    conversations.touch(question.conversationId, answer.id);
    return answer;
  }

  #request({ conversationId, thinking }: AssistantMessage, path: readonly Message[]): RequestDraft {
    const { conversations, settings, attachmentPath } = this.#options;
    const options = conversations.options(conversationId);
    return toGenerationRequest({ path, options, settings: settings(), thinking, attachmentPath });
  }

  #checkAttachments(attachments: readonly Attachment[]): void {
    for (const { sha256, name } of attachments) {
      if (existsSync(this.#options.attachmentPath(sha256))) continue;
      throw new AppError('not-found', `The file ${name} is no longer there. Add it again.`, {
        kind: 'attachment-gone',
        name,
      });
    }
  }
}

function find(messages: readonly Message[], id: string): Message {
  const message = messages.find((candidate) => candidate.id === id);
  if (message) return message;
  throw new AppError(
    'not-found',
    'This message is not part of the conversation any more. Open the conversation again.',
    { kind: 'message-gone', messageId: id },
  );
}

function findAnswer(messages: readonly Message[], id: string): AssistantMessage {
  const message = find(messages, id);
  if (message.role === 'assistant') return message;
  throw new AppError('invalid-request', 'Only an answer can be written again or continued.', {
    kind: 'not-an-answer',
    field: 'messageId',
  });
}
