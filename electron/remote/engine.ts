import { type Connection, hostOf, type RemoteModel } from '../contract/connections';
import type { EngineStatus, LoadedModel, ModelEngine } from '../contract/engine';
import { AppError, type ErrorInfo, toErrorInfo } from '../contract/errors';
import type { GenerationEvent, GenerationRequest, GenerationStats } from '../contract/generation';
import { AnswerReader } from './answer';
import { toBody } from './body';
import { eventData } from './events';
import { broken, notOpenAI, type Refusal, refused, refusedField } from './failures';
import { type Access, ask, parsed, readText, retryAfter } from './http';
import type { Media } from './media';
import { type Calibration, estimateTokens } from './tokens';

/** Before the first word a server may load the model and read a long prompt. */
const FIRST_WORD_MS = 300_000;
const IDLE_MS = 180_000;
const MAX_ERROR_BYTES = 2 ** 20;
/** A server that is busy is asked again, if that is not too long. */
const MOST_RETRIES = 3;
const LONGEST_WAIT_S = 20;
/** Each names another field. */
const MOST_REFUSALS = 8;

/** What an answer, or a refusal, has shown of a model. */
export type Lesson =
  | { readonly refuses: string }
  | { readonly opensThinking: boolean }
  | { readonly contextLength: number };

export interface RemoteEngineOptions {
  readonly connection: () => Connection;
  readonly model: () => RemoteModel;
  /** @throws AppError where the key cannot be read */
  readonly access: () => Promise<Access>;
  /** What the app shows of it. */
  readonly loaded: () => LoadedModel;
  readonly media: Pick<Media, 'part'>;
  readonly calibration: Calibration;
  /** How the connection is, as last seen. */
  readonly state: () => {
    readonly state: 'unknown' | 'reachable' | 'failed';
    readonly error: ErrorInfo | null;
  };
  readonly learn: (lesson: Lesson) => void;
  /** Its server answered, or why it did not. */
  readonly reached: (error: ErrorInfo | null) => void;
  readonly firstWordMs?: number;
  readonly idleMs?: number;
}

/** A model behind OpenAI's API, as the app sees every model. */
export class RemoteEngine implements ModelEngine {
  readonly #options: RemoteEngineOptions;

  constructor(options: RemoteEngineOptions) {
    this.#options = options;
  }

  get model(): LoadedModel {
    return this.#options.loaded();
  }

  status(): EngineStatus {
    const { model } = this;
    const { state, error } = this.#options.state();
    return state === 'failed' && error !== null
      ? { state: 'failed', modelId: model.manifest.id, error }
      : { state: 'ready', model };
  }

  /** An estimate, made here: what is being written is not sent to be counted. */
  async countTokens(request: GenerationRequest): Promise<number> {
    return this.#options.calibration.apply(estimateTokens(request));
  }

  async *generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
    const clock = new Clock();
    try {
      const response = await this.#send(request, signal, clock);
      yield { type: 'started', promptTokens: await this.countTokens(request) };
      yield* this.#read(response, request, signal, clock);
    } catch (error) {
      if (signal.aborted) {
        yield { type: 'finished', reason: 'aborted', stats: this.#stats(clock, request, null) };
        return;
      }
      const info = toErrorInfo(error);
      this.#noteFailure(info);
      yield { type: 'failed', error: info };
    }
  }

  async *#read(
    response: Response,
    request: GenerationRequest,
    signal: AbortSignal,
    clock: Clock,
  ): AsyncGenerator<GenerationEvent> {
    const { model, connection, learn, calibration } = this.#options;
    const { id, thinking, learned } = model();
    const host = hostOf(connection().url);
    const answer = new AnswerReader({
      host,
      model: id,
      thinks: thinking !== 'none',
      opensThinking: learned.opensThinking && request.enableThinking,
      continues: Boolean(request.prefix?.answer),
    });
    const seen = (events: readonly GenerationEvent[]) => {
      for (const event of events) clock.see(event);
      return events;
    };
    for await (const data of this.#chunks(response, host, signal)) yield* seen(answer.push(data));
    if (signal.aborted) signal.throwIfAborted();
    yield* seen(answer.end());
    if (answer.opensThinking !== null && answer.opensThinking !== learned.opensThinking)
      learn({ opensThinking: answer.opensThinking });
    // An end that no server has said is a connection that broke.
    if (!answer.done) throw broken(host);
    const { promptTokens } = answer.usage;
    if (promptTokens !== null) calibration.learn(estimateTokens(request), promptTokens);
    this.#options.reached(null);
    const reason = answer.finishReason ?? 'stop';
    yield { type: 'finished', reason, stats: this.#stats(clock, request, answer) };
  }

  /** A server that does not stream sends one chunk. */
  async *#chunks(response: Response, host: string, signal: AbortSignal): AsyncGenerator<string> {
    const type = response.headers.get('content-type') ?? '';
    if (/text\/html/.test(type) || !response.body) throw notOpenAI(host);
    if (/application\/json/.test(type)) {
      yield await readText(response, host, 64 * 2 ** 20);
      return;
    }
    yield* eventData(response.body, { host, signal, idleMs: this.#options.idleMs ?? IDLE_MS });
  }

  /** Asks until the server answers: without what it refuses, and again where it asks to be asked later. */
  async #send(request: GenerationRequest, signal: AbortSignal, clock: Clock): Promise<Response> {
    const { connection, model, access, media, learn, firstWordMs = FIRST_WORD_MS } = this.#options;
    let retries = 0;
    for (let refusals = 0; ; ) {
      signal.throwIfAborted();
      const { url, server } = connection();
      const host = hostOf(url);
      const { body, optional } = await toBody(request, { server, url, model: model(), media });
      clock.ask();
      const response = await ask(await access(), `${url}/chat/completions`, {
        body,
        signal,
        timeoutMs: firstWordMs,
      });
      if (response.ok) return response;
      const refusal: Refusal = {
        status: response.status,
        body: parsed(await readText(response, host, MAX_ERROR_BYTES)),
        retryAfter: retryAfter(response),
      };
      const field = refusedField(refusal, optional);
      if (field !== null && refusals < MOST_REFUSALS) {
        refusals++;
        learn({ refuses: field });
        continue;
      }
      const wait = waitOf(refusal);
      if (wait === null || retries >= MOST_RETRIES) throw refused(refusal, host, model().id);
      retries++;
      await pause(wait, signal);
    }
  }

  #noteFailure(error: ErrorInfo): void {
    const { learn, reached, model } = this.#options;
    const kind = error.details?.kind;
    // The conversation is too long for what the server has, which may be less than was thought.
    const limit = error.details?.limit;
    if (error.code === 'context-exceeded') {
      if (typeof limit === 'number' && limit >= 128 && limit < model().contextLength)
        learn({ contextLength: limit });
      return;
    }
    if (typeof kind === 'string' && CONNECTION_KINDS.has(kind)) reached(error);
  }

  #stats(clock: Clock, request: GenerationRequest, answer: AnswerReader | null): GenerationStats {
    const { model } = this;
    const usage = answer?.usage;
    const outputTokens = usage?.outputTokens ?? clock.tokens;
    const reasoningTokens =
      usage?.reasoningTokens ||
      (clock.tokens === 0 ? 0 : Math.round((outputTokens * clock.reasoningTokens) / clock.tokens));
    const { firstTokenMs, writingMs, totalMs } = clock.times();
    return {
      promptTokens: usage?.promptTokens ?? this.#options.calibration.apply(estimateTokens(request)),
      outputTokens,
      reasoningTokens,
      queuedMs: 0,
      firstTokenMs,
      reasoningMs: clock.reasoningMs,
      totalMs,
      tokensPerSecond: outputTokens > 1 && writingMs > 0 ? ((outputTokens - 1) * 1_000) / writingMs : 0,
      provider: model.provider,
      device: model.device,
      ...(request.sampling.seed !== undefined && { seed: request.sampling.seed }),
    };
  }
}

/** What is wrong with the connection itself, and not with this one question. */
const CONNECTION_KINDS: ReadonlySet<string> = new Set([
  'remote-unknown-host',
  'remote-unreachable',
  'remote-timeout',
  'remote-tls',
  'remote-not-tls',
  'remote-key',
  'remote-key-unreadable',
  'remote-not-openai',
  'remote-redirect',
]);

/** Seconds until a server can be asked again; null where asking again is of no use, or too far away. */
function waitOf({ status, retryAfter: told, body }: Refusal): number | null {
  if (status !== 429 && status !== 503) return null;
  if (JSON.stringify(body)?.includes('insufficient_quota')) return null;
  // A server that is loading its model says 503 without a time.
  const seconds = told ?? (status === 503 ? 2 : null);
  return seconds !== null && seconds <= LONGEST_WAIT_S ? seconds : null;
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(new AppError('aborted', 'The answer was stopped before it began.'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, seconds * 1_000);
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** When what arrived, as the user has it: the network's time counts. */
class Clock {
  #asked = performance.now();
  #first: number | null = null;
  #last: number | null = null;
  #reasoningFrom: number | null = null;
  #reasoningUntil = 0;
  tokens = 0;
  reasoningTokens = 0;

  ask(): void {
    this.#asked = performance.now();
  }

  see(event: GenerationEvent): void {
    const now = performance.now();
    if (event.type === 'was-reasoning') {
      this.reasoningTokens = this.tokens;
      this.#reasoningFrom = this.#first;
      this.#reasoningUntil = now;
    }
    if (event.type !== 'delta' && event.type !== 'tool-call') return;
    this.#first ??= now;
    this.#last = now;
    if (event.type === 'tool-call') return;
    this.tokens += event.tokens;
    if (event.channel !== 'reasoning') return;
    this.reasoningTokens += event.tokens;
    this.#reasoningFrom ??= now;
    this.#reasoningUntil = now;
  }

  get reasoningMs(): number {
    return this.#reasoningFrom === null ? 0 : this.#reasoningUntil - this.#reasoningFrom;
  }

  times(): { readonly firstTokenMs: number; readonly writingMs: number; readonly totalMs: number } {
    const first = this.#first ?? performance.now();
    return {
      firstTokenMs: first - this.#asked,
      writingMs: (this.#last ?? first) - first,
      totalMs: performance.now() - this.#asked,
    };
  }
}
