import { randomUUID } from 'node:crypto';
import type { HandlersOf } from '../../contract/api';
import type {
  AssistantMessage,
  ConversationOptions,
  StartedTurn,
  StartTurn,
  TurnEvent,
  TurnSnapshot,
} from '../../contract/conversations';
import type { EngineStatus } from '../../contract/engine';
import { AppError } from '../../contract/errors';
import type { RequestDraft } from '../../contract/request-draft';
import { titleFrom } from '../conversations/title';
import type { ToolDesk } from '../tools/tool-desk';
import { type AnswerEvent, RunningTurn } from './running-turn';
import { TurnMessages, type TurnMessagesOptions } from './turn-messages';

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

export interface TurnsOptions extends Omit<TurnMessagesOptions, 'now'> {
  readonly engine: TurnEngine;
  /** Absent: no answer calls any. */
  readonly tools?: Pick<ToolDesk, 'answer'>;
  readonly emit: (event: TurnEvent) => void;
  readonly log: (line: string) => void;
  readonly now?: () => number;
}

/** The answers in progress: one a conversation, as many conversations as you like. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #messages: TurnMessages;
  readonly #now: () => number;
  readonly #byConversation = new Map<string, RunningTurn>();
  #closed = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#messages = new TurnMessages({ ...options, now: this.#now });
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
    const { answer, question, request } = this.#messages.prepare(start);
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
}
