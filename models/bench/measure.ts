import { describeDevice } from '../../electron/contract/device';
import type { GenerationRequest, GenerationStats } from '../../electron/contract/generation';
import { NodeBackend } from '../../electron/engine/ort/node-backend';
import { LoadedModel } from '../../electron/engine/runtime/loaded-model';
import { defaultThreads } from '../../electron/engine/runtime/threads';
import { type BenchProvider, type BenchTuning, openBackend } from './backends';
import { measureTurns, type TurnFigures } from './turns';

/** The same generation loop over different runtimes. */
export const LOOPS = {
  engine: "this engine: ONNX Runtime's C API, bound once, cache in place",
  'node-run': 'onnxruntime-node: session.run makes new tensors for every output',
  'node-given': 'onnxruntime-node: session.run writes to given tensors',
} as const;
export type Loop = keyof typeof LOOPS;

export interface MeasureOptions {
  readonly model: string;
  readonly loop: Loop;
  /** The row's name. */
  readonly label: string;
  readonly provider: BenchProvider;
  readonly threads?: number;
  readonly contextLength?: number;
  readonly tuning?: BenchTuning;
}

export interface Loaded {
  readonly label: string;
  readonly device: string;
  readonly loadMs: number;
  readonly id: string;
  readonly precision: string;
  readonly contextLength: number;
}

/** One round's figures. Speeds in tokens per second. */
export interface Round {
  /** From `generate` to the first token of the answer to a 64-token prompt, ms. */
  readonly firstTokenMs: number;
  readonly prefill: number;
  readonly decode: number;
  readonly peakMemoryBytes: number;
}

const PROMPT_TOKENS = 64;
const PREFILL_TOKENS = 512;
export const DECODE_TOKENS = 128;

/** A loaded model that can be measured again and again. */
export class Subject {
  readonly loaded: Loaded;
  readonly #model: LoadedModel;
  #round = 0;

  private constructor(model: LoadedModel, loaded: Loaded) {
    this.#model = model;
    this.loaded = loaded;
  }

  static async load(options: MeasureOptions): Promise<Subject> {
    const { loop, label, provider, threads = defaultThreads(), tuning } = options;
    const backend =
      loop === 'node-run'
        ? new NodeBackend(threads, 'new-tensors')
        : loop === 'node-given'
          ? new NodeBackend(threads, 'given-tensors')
          : openBackend(provider, tuning, threads);
    const model = await LoadedModel.load(options.model, {
      contextLength: options.contextLength,
      backend,
      provider,
      endTokens: [],
      maxSequences: 1,
      // Counted separately: drafting.ts.
      speculation: false,
    });
    const { manifest, device, loadMs, contextLength } = model.info;
    return new Subject(model, {
      label,
      device: describeDevice(device),
      loadMs,
      contextLength,
      id: manifest.id,
      precision: manifest.precision,
    });
  }

  /** Three generations: one for the first token, one for a long prompt, one for a long answer. */
  async measure(): Promise<Round> {
    const round = ++this.#round;
    const first = await this.#run(PROMPT_TOKENS, 1, round);
    const long = Math.min(PREFILL_TOKENS, this.loaded.contextLength - 8);
    const prefill = await this.#run(long, 1, round);
    const decode = await this.#run(
      PROMPT_TOKENS,
      Math.min(DECODE_TOKENS, this.loaded.contextLength - PROMPT_TOKENS),
      round + 0.5,
    );
    return {
      firstTokenMs: first.queuedMs + first.firstTokenMs,
      prefill: (long * 1000) / prefill.firstTokenMs,
      decode: decode.tokensPerSecond,
      peakMemoryBytes: decode.peakMemoryBytes ?? Number.NaN,
    };
  }

  turns(rounds: number): Promise<TurnFigures[]> {
    return measureTurns(this.#model, rounds);
  }

  async dispose(): Promise<void> {
    await this.#model.dispose();
  }

  async #run(promptTokens: number, outputTokens: number, round: number): Promise<GenerationStats> {
    const request = await this.#request(promptTokens, outputTokens, round);
    for await (const event of this.#model.generate(request)) {
      if (event.type === 'finished') return event.stats;
      if (event.type === 'failed') throw new Error(event.error.message);
    }
    throw new Error('The generation ended without statistics.');
  }

  /** A prompt of exactly so many tokens; another one each round, since the engine keeps what it has read. */
  async #request(promptTokens: number, maxTokens: number, round: number): Promise<GenerationRequest> {
    const build = (text: string): GenerationRequest => ({
      messages: [{ role: 'user', content: [{ type: 'text', text }] }],
      sampling: { temperature: 0, maxTokens },
      enableThinking: true,
    });
    // Every digit is a token of its own.
    const frame = await this.#model.countTokens(build(''));
    const digits = `${String(round).replace('.', '')}${'1234567890'.repeat(Math.ceil(promptTokens / 10))}`;
    return build(digits.slice(0, promptTokens - frame));
  }
}

/**
 * Greedy tokens of every request, to compare providers, or one with other settings.
 *
 * @param context rows of the KV cache.
 */
export async function greedyTokens(
  folder: string,
  provider: BenchProvider,
  requests: readonly GenerationRequest[],
  context?: number,
  tuning?: BenchTuning,
) {
  const backend = openBackend(provider, tuning);
  const options = { contextLength: context, maxSequences: 1, speculation: false };
  const model = await LoadedModel.load(folder, { ...options, provider, backend });
  const answers: { prompt: string; tokens: number[]; text: string }[] = [];
  for (const request of requests) {
    const part = request.messages[0]?.content[0];
    const tokens: number[] = [];
    for await (const event of model.generate(request, undefined, { onToken: (id) => tokens.push(id) })) {
      if (event.type === 'failed') throw new Error(event.error.message);
    }
    answers.push({
      prompt: part?.type === 'text' ? part.text : (part?.path ?? ''),
      tokens,
      text: model.tokenizer.decode(tokens),
    });
  }
  const { device } = model.info;
  await model.dispose();
  return { provider, device: describeDevice(device), answers };
}
