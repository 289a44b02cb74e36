import type { AssistantMessage, TurnEvent, TurnSnapshot } from '../../contract/conversations';
import type { DocumentUse } from '../../contract/documents';
import { assertNever, type ErrorInfo, toErrorInfo } from '../../contract/errors';
import type { Channel, GenerationEvent } from '../../contract/generation';
import { type CalledTool, isOver } from '../../contract/tools';
import { storable } from '../conversations/text';
import { addStats } from './generation-stats';

/** A display draws no faster, and a message for each token would be most of the work at 400 tokens a second. */
const FLUSH_MS = 16;
/** With the time a save takes, less than half a second is lost when the app is killed. */
const SAVE_MS = 400;
/** A stop is the user's: it takes effect even if the engine is stuck. */
const STOP_TIMEOUT_MS = 3_000;

/** What the engine says, before it which parts of its documents it was shown, and between what it called (tools/rounds.ts). */
export type AnswerEvent =
  | GenerationEvent
  | { readonly type: 'documents'; readonly documents: readonly DocumentUse[] }
  /** A call as it stands now; the first time it is told, its place is the end of what was written. */
  | { readonly type: 'tool'; readonly call: UnplacedCall };

export type UnplacedCall = Omit<CalledTool, 'textBefore' | 'reasoningBefore'>;

export interface TurnHost {
  readonly save: (message: AssistantMessage) => void;
  readonly emit: (event: TurnEvent) => void;
  /** Just before the last event: whoever hears that can start the next turn. */
  readonly ended: (message: AssistantMessage) => void;
  readonly now: () => number;
}

interface Delta {
  readonly channel: Channel;
  readonly text: string;
  readonly tokens: number;
}

type Ending = Pick<AssistantMessage, 'state' | 'finishReason' | 'stats' | 'error'>;
type EventBody<T = TurnEvent> = T extends TurnEvent
  ? Omit<T, 'turnId' | 'conversationId' | 'messageId' | 'seq'>
  : never;

/** One answer while it is written: pending → streaming → done | stopped | failed. It belongs to the app, not to a window. */
export class RunningTurn {
  readonly id: string;
  readonly startedAt: number;
  readonly #host: TurnHost;
  readonly #controller = new AbortController();
  /** What the answer held when the turn began; a continued one keeps its statistics. */
  readonly #before: AssistantMessage;
  #message: AssistantMessage;
  #seq = 0;
  #pending: Delta[] = [];
  #flushTimer: ReturnType<typeof setTimeout> | null = null;
  #lastFlush = 0;
  #saveTimer: ReturnType<typeof setTimeout> | null = null;
  #saveError: ErrorInfo | null = null;
  #reasoningTokens = 0;
  #outputTokens = 0;
  #reasoningStart: number | null = null;
  #reasoningEnd: number | null = null;
  #ended = false;

  constructor(id: string, message: AssistantMessage, host: TurnHost) {
    this.id = id;
    this.#host = host;
    this.#before = message;
    this.#message = { ...message, state: 'pending', finishReason: null, stats: null, error: null };
    this.startedAt = host.now();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get message(): AssistantMessage {
    return this.#message;
  }

  /** Reads the engine's events to their end. Never throws. */
  async run(events: AsyncIterable<AnswerEvent>, modelId: () => string | null): Promise<void> {
    try {
      for await (const event of events) {
        if (this.#ended) break;
        this.#take(event, modelId);
      }
      if (!this.#ended) {
        this.#end(
          failed({
            code: 'engine-failed',
            message: 'The engine ended the answer without a reason. Try again.',
            details: { kind: 'engine-silent' },
          }),
        );
      }
    } catch (error) {
      this.#end(failed(toErrorInfo(error)));
    }
  }

  stop(): void {
    if (this.#ended || this.signal.aborted) return;
    this.#controller.abort();
    // Must not keep a closing process alive.
    setTimeout(() => this.endNow(), STOP_TIMEOUT_MS).unref();
  }

  /** Ends as stopped with what is there, without waiting for the engine. */
  endNow(): void {
    this.#controller.abort();
    this.#end({ state: 'stopped', finishReason: 'aborted', stats: null, error: null });
  }

  snapshot(): TurnSnapshot {
    // So that nothing in the message comes again as an event.
    this.#flush();
    return {
      turnId: this.id,
      conversationId: this.#message.conversationId,
      message: this.#message,
      seq: this.#seq,
      startedAt: this.startedAt,
      reasoningTokens: this.#reasoningTokens,
      outputTokens: this.#outputTokens,
      reasoningMs:
        this.#reasoningStart === null
          ? null
          : (this.#reasoningEnd ?? this.#host.now()) - this.#reasoningStart,
    };
  }

  #take(event: AnswerEvent, modelId: () => string | null): void {
    switch (event.type) {
      case 'documents':
        this.#message = { ...this.#message, documents: event.documents };
        return;
      case 'started':
        this.#message = { ...this.#message, state: 'streaming', modelId: modelId() ?? this.#message.modelId };
        this.#save();
        this.#emit({ type: 'started', promptTokens: event.promptTokens, ...this.#documents() });
        return;
      case 'delta':
        this.#append({ ...event, text: storable(event.text) });
        return;
      case 'was-reasoning':
        this.#wasReasoning();
        return;
      case 'tool-call':
        // Told as `tool` where the model was given any.
        return;
      case 'tool':
        this.#takeCall(event.call);
        return;
      case 'finished':
        this.#end({
          state: event.reason === 'aborted' ? 'stopped' : 'done',
          finishReason: event.reason,
          stats: addStats(this.#before.stats, event.stats),
          error: null,
        });
        return;
      case 'failed':
        this.#end(
          this.signal.aborted && !this.#saveError
            ? { state: 'stopped', finishReason: 'aborted', stats: null, error: null }
            : failed(event.error),
        );
        return;
      default:
        assertNever(event);
    }
  }

  #takeCall(call: UnplacedCall): void {
    // What was written before it is sent before it.
    this.#flush();
    if (this.#reasoningStart !== null) this.#reasoningEnd ??= this.#host.now();
    const { toolCalls = [], text, reasoning } = this.#message;
    const known = toolCalls.find(({ id }) => id === call.id);
    const placed: CalledTool = known
      ? { ...known, ...call }
      : { ...call, textBefore: text.length, reasoningBefore: reasoning.length };
    this.#message = {
      ...this.#message,
      toolCalls: known
        ? toolCalls.map((other) => (other === known ? placed : other))
        : [...toolCalls, placed],
    };
    this.#save();
    if (!this.#ended) this.#emit({ type: 'tool', call: placed });
  }

  #documents(): Pick<AssistantMessage, 'documents'> {
    const { documents } = this.#message;
    return documents ? { documents } : {};
  }

  #append({ channel, text, tokens }: Delta): void {
    this.#outputTokens += tokens;
    if (channel === 'reasoning') {
      this.#reasoningTokens += tokens;
      this.#resumeReasoning();
      this.#message = { ...this.#message, reasoning: this.#message.reasoning + text };
    } else {
      if (this.#reasoningStart !== null) this.#reasoningEnd ??= this.#host.now();
      this.#message = { ...this.#message, text: this.#message.text + text };
    }

    const last = this.#pending.at(-1);
    if (last?.channel === channel) {
      this.#pending[this.#pending.length - 1] = {
        channel,
        text: last.text + text,
        tokens: last.tokens + tokens,
      };
    } else this.#pending.push({ channel, text, tokens });

    const wait = this.#lastFlush + FLUSH_MS - performance.now();
    if (wait <= 0) this.#flush();
    else this.#flushTimer ??= setTimeout(() => this.#flush(), Math.ceil(wait));
    this.#saveTimer ??= setTimeout(() => this.#save(), SAVE_MS);
  }

  /** What stands before the last call was shown to be an answer by then. */
  #wasReasoning(): void {
    // What was sent so far moves with it.
    this.#flush();
    const { text, reasoning, toolCalls } = this.#message;
    const from = toolCalls?.at(-1)?.textBefore ?? 0;
    const moved = text.slice(from).trim();
    if (moved === '') return;
    this.#message = { ...this.#message, text: text.slice(0, from), reasoning: reasoning + moved };
    this.#reasoningTokens = this.#outputTokens;
    this.#reasoningStart ??= this.startedAt;
    this.#reasoningEnd ??= this.#host.now();
    this.#save();
    if (!this.#ended) this.#emit({ type: 'was-reasoning' });
  }

  /** Reasoning that goes on after a call counts on from where it was. */
  #resumeReasoning(): void {
    const now = this.#host.now();
    if (this.#reasoningStart === null) this.#reasoningStart = now;
    else if (this.#reasoningEnd !== null) this.#reasoningStart += now - this.#reasoningEnd;
    this.#reasoningEnd = null;
  }

  #flush(): void {
    if (this.#flushTimer) clearTimeout(this.#flushTimer);
    this.#flushTimer = null;
    this.#lastFlush = performance.now();
    const pending = this.#pending;
    this.#pending = [];
    for (const delta of pending) this.#emit({ type: 'delta', ...delta });
  }

  #save(): void {
    if (this.#saveTimer) clearTimeout(this.#saveTimer);
    this.#saveTimer = null;
    try {
      this.#host.save(this.#message);
    } catch (error) {
      // Writing on what cannot be kept would lose it later: the turn ends and says why.
      this.#saveError ??= toErrorInfo(error);
      this.#controller.abort();
      if (!this.#ended) this.#end(failed(this.#saveError));
    }
  }

  #end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#flush();
    this.#message = { ...this.#message, ...ending, ...endedCalls(this.#message) };
    this.#save();
    if (this.#saveError) this.#message = { ...this.#message, ...failed(this.#saveError) };
    this.#host.ended(this.#message);
    this.#emit({ type: 'finished', message: this.#message });
  }

  #emit(body: EventBody): void {
    this.#seq++;
    this.#host.emit({
      turnId: this.id,
      conversationId: this.#message.conversationId,
      messageId: this.#message.id,
      seq: this.#seq,
      ...body,
    });
  }
}

/** What was still under way has stopped with the answer. */
function endedCalls({ toolCalls }: AssistantMessage): Pick<AssistantMessage, 'toolCalls'> {
  if (!toolCalls) return {};
  return { toolCalls: toolCalls.map((call) => (isOver(call) ? call : { ...call, state: 'stopped' })) };
}

function failed(error: ErrorInfo): Ending {
  return { state: 'failed', finishReason: null, stats: null, error };
}
