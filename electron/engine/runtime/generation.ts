import type { Device } from '../../contract/device';
import { AppError } from '../../contract/errors';
import type {
  FinishReason,
  GenerationEvent,
  GenerationRequest,
  GenerationStats,
  Provider,
  SamplingParams,
} from '../../contract/generation';
import type { Prompt, Sequence } from '../families/family';
import { Constraint } from '../grammar/constraint';
import { Vocabulary } from '../grammar/vocabulary';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { CallParser } from '../tools/call-parser';
import { marksOf, type ToolFormat } from '../tools/format';
import { answerGrammar } from './answer-grammar';
import { Output } from './output';
import { explainProviderError } from './provider-errors';
import { randomSeed } from './random';
import type { ReasoningTags } from './reasoning-parser';
import { NEUTRAL_SAMPLING, Sampler } from './sampling';
import { Speculation } from './speculation';

/** What every generation of a loaded model shares. */
export interface GenerationContext {
  readonly tokenizer: Tokenizer;
  readonly eos: ReadonlySet<number>;
  readonly tags: ReasoningTags | null;
  readonly answerTags: ReasoningTags | null;
  /** How the model's chat template has tools called; absent where it knows none. */
  readonly toolFormat?: ToolFormat | undefined;
  readonly defaults: Partial<SamplingParams>;
  readonly maxOutputTokens: number;
  readonly provider: Provider;
  readonly device: Device;
  readonly precision: string;
  readonly peakMemory: () => number;
  /** Two logits closer than this may change places when a row is computed among others; null: nothing is guessed. */
  readonly draftMargin: number | null;
}

/** Who is told what a generation does. */
export interface GenerationSink {
  readonly emit: (event: GenerationEvent) => void;
  /** Every token that is written, for tools that compare tokens. */
  readonly onToken?: (id: number) => void;
}

/** Text is handed on at most this often: every screen's frame is longer, and a message a token costs more than the token's display. */
const DELTA_INTERVAL_MS = 8;

/** One request from its prompt to its last event. The scheduler decides when it may work. */
export class Generation {
  readonly prompt: Prompt;
  readonly signal: AbortSignal;
  readonly #context: GenerationContext;
  readonly #sink: GenerationSink;
  readonly #sampler: Sampler;
  readonly #output: Output;
  readonly #seed: number;
  readonly #maxTokens: number;
  readonly #isRandom: boolean;
  /** Null where the answer may be any text. */
  readonly #constraint: Constraint | null;
  #speculation: Speculation | null = null;
  readonly #submitted = performance.now();
  #started = 0;
  #firstToken = 0;
  #lastToken = 0;
  #lastDelta = 0;
  #tokens = 0;
  #next = 0;
  #mediaMs = 0;
  #ended = false;

  constructor(
    context: GenerationContext,
    request: GenerationRequest,
    prompt: Prompt,
    signal: AbortSignal,
    sink: GenerationSink,
  ) {
    this.#context = context;
    this.prompt = prompt;
    this.signal = signal;
    this.#sink = sink;
    const params: SamplingParams = {
      ...NEUTRAL_SAMPLING,
      ...defined(context.defaults),
      ...defined(request.sampling),
    };
    this.#seed = params.seed ?? randomSeed();
    this.#sampler = new Sampler(params, this.#seed, prompt.written);
    this.#isRandom = params.temperature > 0;
    this.#maxTokens = Math.min(params.maxTokens ?? context.maxOutputTokens, context.maxOutputTokens);
    const { reasoning = '', answer = '' } = request.prefix ?? {};
    this.#output = new Output({
      tokenizer: context.tokenizer,
      tags: context.tags,
      answerTags: context.answerTags,
      start: reasoning !== '' && answer === '' ? 'reasoning' : 'answer',
      answering: answer !== '',
      stop: params.stop,
      ...callsOf(context, request),
    });
    const grammar = answerGrammar(request, context);
    this.#constraint = grammar && new Constraint(grammar, Vocabulary.of(context.tokenizer), context.eos);
  }

  /** Whether the last event has been sent. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Reads the prompt and finds the first token. */
  async start(sequence: Sequence): Promise<void> {
    this.#started = performance.now();
    this.#sink.emit({ type: 'started', promptTokens: this.prompt.length });
    if (this.#maxTokens <= 0) return this.finish('length');
    await sequence.prefill(this.prompt, this.signal);
    this.#mediaMs = sequence.mediaMs ?? 0;
    this.#speculation = this.#speculate(sequence);
    this.#choose(sequence);
  }

  /** Writes the token that was found last, and finds the next one, or more where they could be guessed: one run of the decoder at most. */
  async advance(sequence: Sequence): Promise<void> {
    if (this.#speculation?.isRestarting) return this.#restart(sequence, this.#speculation);
    const token = this.#next;
    if (this.#context.eos.has(token)) return this.finish('stop');
    this.#write(token);
    if (this.#output.stopped || this.#constraint?.isComplete) return this.finish('stop');
    if (this.#tokens >= this.#maxTokens || sequence.room <= 0) return this.finish('length');
    const draft = this.#speculation?.draft(Math.min(sequence.room - 1, this.#maxTokens - this.#tokens)) ?? [];
    if (this.#speculation && draft.length > 0) return this.#check(this.#speculation, token, draft);
    const running = sequence.step(token);
    if (running) await running;
    this.#speculation?.stepped();
    this.#choose(sequence);
  }

  /** Feeds a token with what may follow it, and writes what does. */
  async #check(speculation: Speculation, token: number, draft: readonly number[]): Promise<void> {
    const { drafts } = speculation;
    const running = drafts.run([token, ...draft]);
    if (running) await running;
    let kept = 0;
    let isClose = false;
    for (;;) {
      const logits = drafts.logits(kept);
      const next = this.#sampler.sample(logits);
      isClose = speculation.isClose(logits, next);
      this.#found(next);
      if (isClose || next !== draft[kept]) break;
      kept++;
      this.#write(next);
      if (this.#output.stopped || this.#tokens >= this.#maxTokens) break;
    }
    speculation.checked(draft, kept);
    if (this.#output.stopped) this.finish('stop');
    else if (this.#tokens >= this.#maxTokens) this.finish('length');
    else if (isClose) speculation.restart();
  }

  /** One step of writing rows again, after which the choice that was too close is made. */
  async #restart(sequence: Sequence, speculation: Speculation): Promise<void> {
    const running = speculation.again(sequence);
    if (running) await running;
    if (!speculation.isRestarting) this.#choose(sequence);
  }

  #speculate(sequence: Sequence): Speculation | null {
    const { draftMargin, provider, eos } = this.#context;
    const { drafts } = sequence;
    // What a grammar forbids would have to be known for each guess: a constrained answer is written token by token.
    if (!drafts || draftMargin === null || this.#constraint) return null;
    const { parts } = this.prompt;
    const tokens = Object.values(parts).flat();
    // A random choice is as random among rounded logits.
    return new Speculation({ drafts, provider, eos, margin: this.#isRandom ? 0 : draftMargin, tokens });
  }

  /** Sends what is left and the statistics. */
  finish(reason: FinishReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#output.end();
    this.#sendDeltas();
    this.#sink.emit({ type: 'finished', reason, stats: this.#stats() });
  }

  /** An aborted run is no failure, whatever it was doing when it noticed. */
  fail(error: unknown): void {
    const aborted = this.signal.aborted || (error instanceof AppError && error.code === 'aborted');
    if (aborted) this.finish('aborted');
    if (this.#ended) return;
    this.#ended = true;
    this.#output.end();
    this.#sendDeltas();
    const phase = this.#tokens === 0 ? 'prompt' : 'answer';
    const explained = explainProviderError(this.#context.provider, error, phase);
    this.#sink.emit({ type: 'failed', error: explained.toInfo() });
  }

  #choose(sequence: Sequence): void {
    const speculation = this.#speculation;
    if (this.#constraint) {
      this.#found(this.#chooseAllowed(sequence, this.#constraint));
      return;
    }
    if (!speculation?.isUnsure) {
      this.#found(this.#chooseFreely(sequence));
      return;
    }
    const logits = sequence.logits();
    const next = this.#sampler.sample(logits);
    if (speculation.isClose(logits, next)) speculation.restart();
    else this.#found(next);
  }

  #chooseFreely(sequence: Sequence): number {
    if (this.#sampler.isGreedy) return sequence.greedy();
    const likely = sequence.likely && this.#sampler.sampleLikely(sequence.likely);
    return likely ?? this.#sampler.sample(sequence.logits());
  }

  /** The device's own choice where it may be, so that its logits need not be read. */
  #chooseAllowed(sequence: Sequence, constraint: Constraint): number {
    if (this.#sampler.isGreedy) {
      const best = sequence.greedy();
      if (constraint.accepts(best)) return best;
    }
    return this.#sampler.sampleAllowed(sequence.logits(), constraint);
  }

  #found(token: number): void {
    this.#next = token;
    this.#lastToken = performance.now();
    if (this.#firstToken === 0) this.#firstToken = this.#lastToken;
  }

  #write(token: number): void {
    this.#tokens++;
    this.#sampler.accept(token);
    this.#constraint?.advance(token);
    this.#speculation?.note(token);
    this.#sink.onToken?.(token);
    this.#output.push(token);
    // The first token goes out at once: it ends the wait.
    if (this.#tokens === 1 || performance.now() - this.#lastDelta >= DELTA_INTERVAL_MS) this.#sendDeltas();
  }

  #sendDeltas(): void {
    for (const delta of this.#output.take()) this.#sink.emit(delta);
    this.#lastDelta = performance.now();
  }

  #stats(): GenerationStats {
    const now = performance.now();
    const started = this.#started || now;
    const after = this.#lastToken - this.#firstToken;
    return {
      promptTokens: this.prompt.length,
      ...(this.prompt.mediaTokens && { mediaTokens: this.prompt.mediaTokens, mediaMs: this.#mediaMs }),
      outputTokens: this.#tokens,
      reasoningTokens: this.#output.reasoningTokens,
      ...(this.#speculation?.proposed && {
        draftTokens: this.#speculation.proposed,
        acceptedTokens: this.#speculation.accepted,
      }),
      queuedMs: started - this.#submitted,
      firstTokenMs: this.#firstToken ? this.#firstToken - started : 0,
      reasoningMs: this.#output.reasoningMs,
      totalMs: now - started,
      tokensPerSecond: this.#tokens > 1 && after > 0 ? ((this.#tokens - 1) * 1000) / after : 0,
      provider: this.#context.provider,
      device: this.#context.device,
      precision: this.#context.precision,
      peakMemoryBytes: this.#context.peakMemory(),
      seed: this.#seed,
    };
  }
}

function callsOf({ toolFormat, tokenizer }: GenerationContext, { toolUse }: GenerationRequest) {
  if (!toolFormat || !toolUse) return {};
  const calls = new CallParser(
    toolFormat,
    toolUse.tools.map(({ name }) => name),
  );
  return { calls, marks: marksOf(toolFormat, (text) => tokenizer.special(text)) };
}

/** A parameter that is present but undefined must not replace a default. */
function defined<T extends object>(params: T): Partial<T> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)) as Partial<T>;
}
