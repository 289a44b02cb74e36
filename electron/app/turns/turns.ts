import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { HandlersOf } from '../../contract/api';
import type {
  AssistantMessage,
  Attachment,
  ConversationOptions,
  Message,
  StartedTurn,
  StartTurn,
  TurnEvent,
  TurnSnapshot,
  UserMessage,
} from '../../contract/conversations';
import type { EngineStatus } from '../../contract/engine';
import { AppError, assertNever } from '../../contract/errors';
import type { RequestDraft } from '../../contract/request-draft';
import type { Settings } from '../../contract/settings';
import type { Conversations } from '../conversations/conversations';
import { storable } from '../conversations/text';
import { titleFrom } from '../conversations/title';
import { pathTo } from '../conversations/tree';
import type { AppDatabase } from '../database/database';
import type { ToolDesk } from '../tools/tool-desk';
import { answerMessages } from '../tools/tool-messages';
import { toGenerationRequest } from './generation-request';
import { type AnswerEvent, RunningTurn } from './running-turn';

/** What writes the answers: the engine, with the model the conversation's options ask for. */
export interface TurnEngine {
  /** Of the model that these options ask for, once it answers. */
  status(options: ConversationOptions): EngineStatus;
  generate(
    request: RequestDraft,
    signal: AbortSignal,
    options: ConversationOptions,
  ): AsyncIterable<AnswerEvent>;
}

export interface TurnsOptions {
  readonly database: AppDatabase;
  readonly conversations: Conversations;
  readonly engine: TurnEngine;
  /** Absent: no answer calls any. */
  readonly tools?: Pick<ToolDesk, 'answer'>;
  readonly settings: () => Settings;
  readonly attachmentPath: (sha256: string) => string;
  readonly emit: (event: TurnEvent) => void;
  readonly log: (line: string) => void;
  readonly now?: () => number;
}

interface Prepared {
  readonly answer: AssistantMessage;
  /** Set where it is new. */
  readonly question: UserMessage | null;
  readonly request: RequestDraft;
}

/** The answers in progress: one a conversation, as many conversations as you like. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #now: () => number;
  readonly #byConversation = new Map<string, RunningTurn>();
  #closed = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  readonly handlers: HandlersOf<'turns'> = {
    'turns.start': (turn) => this.start(turn),
    'turns.stop': (turnId) => this.stop(turnId),
    'turns.attach': (conversationId) => this.attach(conversationId),
  };

  start(start: StartTurn): StartedTurn {
    if (this.#closed)
      throw new AppError('unavailable', 'The app is closing. Start it again to go on.', {
        kind: 'app-closing',
      });
    if (start.conversationId !== null) this.requireIdle(start.conversationId);
    const { answer, question, request } = this.#options.database.transaction(() => this.#prepare(start));
    const turn = new RunningTurn(randomUUID(), answer, {
      save: (message) => this.#options.conversations.messages.save(message),
      emit: this.#options.emit,
      ended: (message) => this.#ended(message),
      now: this.#now,
    });
    this.#byConversation.set(answer.conversationId, turn);
    // After the caller has its answer: an event must not name a turn that nobody knows yet.
    setImmediate(() => this.#run(turn, request));
    return {
      turnId: turn.id,
      conversationId: answer.conversationId,
      messages: question ? [question, turn.message] : [turn.message],
    };
  }

  /** Refuses what must not happen to a conversation while it is being answered. */
  requireIdle(conversationId: string): void {
    if (!this.#byConversation.has(conversationId)) return;
    throw new AppError(
      'busy',
      'This conversation is still being answered. Wait for the answer or stop it first.',
      { kind: 'conversation-busy', conversationId },
    );
  }

  /** A turn that has ended meanwhile needs no stopping. */
  stop(turnId: string): void {
    for (const turn of this.#byConversation.values()) if (turn.id === turnId) turn.stop();
  }

  /** Before a conversation is deleted. */
  endIn(conversationIds: readonly string[]): void {
    for (const id of conversationIds) this.#byConversation.get(id)?.endNow();
  }

  attach(conversationId: string): TurnSnapshot | null {
    return this.#byConversation.get(conversationId)?.snapshot() ?? null;
  }

  /** Ends every turn with what it has; all of it is saved when this returns. */
  close(): void {
    this.#closed = true;
    for (const turn of [...this.#byConversation.values()]) turn.endNow();
  }

  #run(turn: RunningTurn, request: RequestDraft): void {
    // Ended before it began, and its conversation deleted with it.
    if (this.#byConversation.get(turn.message.conversationId) !== turn) return;
    const { engine, conversations, tools } = this.#options;
    const { id, signal, message } = turn;
    const options = conversations.options(message.conversationId);
    const generate = (draft: RequestDraft) => engine.generate(draft, signal, options);
    const firstRound = 1 + Math.max(-1, ...(message.toolCalls ?? []).map(({ round }) => round));
    const events =
      tools?.answer(request, signal, { turnId: id, options, firstRound }, generate) ?? generate(request);
    void turn.run(events, () => {
      const status = engine.status(options);
      return status.state === 'ready' ? status.model.manifest.id : null;
    });
  }

  #ended(message: AssistantMessage): void {
    const { conversations, log } = this.#options;
    this.#byConversation.delete(message.conversationId);
    try {
      conversations.finished(message.conversationId, titleFrom(message.text));
    } catch (error) {
      // The answer itself is saved or says why not; a place in the list is not worth failing it.
      log(`The conversation's entry could not be updated: ${String(error)}`);
    }
  }

  /** Writes the new messages; runs in a transaction, so that a refusal leaves nothing behind. */
  #prepare(start: StartTurn): Prepared {
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

  #prepareSend(start: Extract<StartTurn, { kind: 'send' }>): Prepared {
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
      createdAt: this.#now(),
      role: 'user',
      text,
      attachments: start.attachments,
    };
    conversations.messages.insert(question);
    const answer = this.#addAnswer(question, start.thinking);
    const path = [...pathTo(messages, start.parentId), question];
    return { answer, question, request: this.#request(answer, path) };
  }

  #prepareRegenerate(start: Extract<StartTurn, { kind: 'regenerate' }>): Prepared {
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

  #prepareContinue(start: Extract<StartTurn, { kind: 'continue' }>): Prepared {
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
      createdAt: this.#now(),
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
