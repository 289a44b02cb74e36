import { join } from 'node:path';
import type * as Contract from '../../contract/engine';
import { AppError, toErrorInfo } from '../../contract/errors';
import type { GenerationEvent, GenerationRequest, SamplingParams } from '../../contract/generation';
import type { Manifest } from '../../contract/manifest';
import { usualCacheType } from '../../contract/memory';
import type { FamilyModel, Sequence, TranscribeOptions } from '../families/family';
import { findFamily } from '../families/registry';
import type { Backend } from '../ort/backend';
import { returnFreedMemory } from '../ort/process-memory';
import { Tokenizer } from '../tokenizer/tokenizer';
import { noTools } from './answer-grammar';
import { measureMargin } from './drift';
import { EventQueue } from './event-queue';
import { Generation, type GenerationContext, type GenerationSink } from './generation';
import { requireMemory } from './memory';
import { readManifest, VerifiedFiles, verifyPackage } from './package';
import { createBackend } from './providers';
import { Scheduler } from './scheduler';
import { defaultThreads } from './threads';

export interface LoadOptions extends Partial<Contract.LoadOptions> {
  /** Requests that may run at the same time; default 4, fewer where memory is short. */
  readonly maxSequences?: number;
  readonly onProgress?: (phase: Contract.LoadPhase, fraction: number) => void;
  /** Runs on this instead of a provider of `options.provider`: how the bench puts another runtime below the same loop. */
  readonly backend?: Backend;
  /** Skips the sha256 of the files, for tools that have just written them. */
  readonly trusted?: boolean;
  /** Tokens that end an answer, instead of the manifest's; none makes every answer as long as it may be, to measure speed. */
  readonly endTokens?: readonly number[];
}

export interface GenerateOptions {
  /** Receives every token as it is chosen, the one that ends the answer excepted. */
  readonly onToken?: (id: number) => void;
}

/**
 * A model in memory, in this process. The engine process, `npm run eval` and `npm run bench` all use it.
 *
 *     const model = await LoadedModel.load('models/nano', { provider: 'cpu' });
 *     for await (const event of model.generate(request)) …
 *     await model.dispose();
 */
export class LoadedModel {
  /** What the rest of the application is told about it. */
  readonly info: Contract.LocalModel;
  readonly tokenizer: Tokenizer;
  readonly #backend: Backend;
  readonly #family: FamilyModel;
  readonly #scheduler: Scheduler;
  readonly #context: GenerationContext;
  readonly #closing = new AbortController();

  private constructor(
    info: Contract.LocalModel,
    tokenizer: Tokenizer,
    { backend, model: family, sequence: first, draftMargin }: Opened,
    options: LoadOptions,
  ) {
    this.info = info;
    this.tokenizer = tokenizer;
    this.#backend = backend;
    this.#family = family;
    this.#context = {
      ...contextOf(info.manifest, tokenizer, backend, options.endTokens),
      draftMargin,
      toolFormat: family.toolFormat,
    };
    this.#scheduler = new Scheduler(first, {
      maxSequences: options.maxSequences ?? 4,
      exclusive: backend.exclusive ?? false,
      createSequence: () => createSequence(backend, family),
    });
  }

  /**
   * Verifies a package, reads it and warms it up.
   *
   * @throws AppError `model-not-found`, `model-damaged`, `model-unsupported`, `provider-unavailable`, `out-of-memory`, `engine-failed`
   */
  static async load(folder: string, options: LoadOptions = {}): Promise<LoadedModel> {
    const started = performance.now();
    const progress = options.onProgress ?? (() => {});
    const manifest = await readManifest(folder);
    const family = findFamily(manifest.family);
    if (!options.trusted) {
      const cache =
        options.verifiedFiles === undefined ? undefined : new VerifiedFiles(options.verifiedFiles);
      await verifyPackage(folder, manifest, (fraction) => progress('verify', fraction), { cache });
    }
    const tokenizer = await Tokenizer.read(join(folder, manifest.tokenizer));
    const contextLength = Math.min(options.contextLength ?? manifest.contextLength, manifest.contextLength);
    const cacheType = options.cacheType ?? usualCacheType(manifest, contextLength);
    const input = {
      folder,
      manifest,
      tokenizer,
      contextLength,
      onProgress: (fraction: number) => progress('read', fraction),
    };

    const loadOn = async (backend: Backend) => {
      let model: FamilyModel | null = null;
      let sequence: Sequence | null = null;
      try {
        if (!options.force) requireMemory(manifest, backend, contextLength, cacheType);
        model = await family.open({ ...input, backend });
        progress('warm-up', 0);
        sequence = model.createSequence();
        await warmUp(contextLength, model, sequence, (fraction) => progress('warm-up', fraction));
        const draftMargin = (options.speculation ?? true) ? await measureMargin(sequence) : null;
        return { backend, model, sequence, draftMargin };
      } catch (error) {
        sequence?.dispose();
        model?.dispose();
        if (!options.backend) backend.dispose();
        throw error;
      }
    };
    const { loaded, passedOver } = options.backend
      ? { loaded: await loadOn(options.backend), passedOver: [] }
      : await createBackend(
          {
            provider: options.provider ?? 'auto',
            deviceId: options.deviceId,
            float8: options.float8,
            cacheType,
            threads: options.threads ?? defaultThreads(),
            available: Object.keys(manifest.graphs),
            weightBytes: manifest.memory.weights,
          },
          loadOn,
        );
    const info: Contract.LocalModel = {
      manifest,
      provider: loaded.backend.provider,
      device: loaded.backend.device,
      ...(loaded.backend.operatorsOnCpu?.length && { operatorsOnCpu: loaded.backend.operatorsOnCpu }),
      contextLength,
      ...(loaded.model.toolFormat && { takesTools: true }),
      passedOver,
      loadMs: performance.now() - started,
      memoryBytes: loaded.backend.memory().usedBytes,
    };
    return new LoadedModel(info, tokenizer, loaded, options);
  }

  /**
   * Writes an answer. Ends with `finished` or `failed` and never throws; leaving the loop early aborts it.
   */
  async *generate(
    request: GenerationRequest,
    signal?: AbortSignal,
    options: GenerateOptions = {},
  ): AsyncGenerator<GenerationEvent, void, void> {
    const left = new AbortController();
    const signals = [left.signal, this.#closing.signal, ...(signal ? [signal] : [])];
    const events = new EventQueue<GenerationEvent>();
    const running = this.#submit(request, AbortSignal.any(signals), {
      ...options,
      emit: (event) => events.push(event),
    }).finally(() => events.close());
    try {
      yield* events;
    } finally {
      left.abort();
      await running;
    }
  }

  /** Tokens of the prompt that `generate` would read. @throws AppError `context-exceeded`, `invalid-request` */
  async countTokens(request: GenerationRequest): Promise<number> {
    return (await this.#prompt(request)).length;
  }

  /**
   * Writes down speech; answers being written wait meanwhile.
   *
   * @param samples mono, 16 kHz, -1 … 1.
   * @throws AppError `model-unsupported` for a model that does not hear; what `FamilyModel.transcribe` throws
   */
  async transcribe(
    samples: Float32Array,
    options: TranscribeOptions = {},
    signal?: AbortSignal,
  ): Promise<string> {
    const family = this.#family;
    const { id, name } = this.info.manifest;
    if (!family.transcribe) {
      throw new AppError('model-unsupported', `${name} cannot listen. Choose a model that takes audio.`, {
        kind: 'model-deaf',
        name,
        id,
      });
    }
    const signals = AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
    const { text } = await this.#scheduler.alone(async () => {
      if (signals.aborted) throw new AppError('aborted', 'The transcription was stopped.');
      return family.transcribe?.(samples, options, signals) ?? { text: '' };
    });
    return text.trim();
  }

  /** Ends what is running and frees the memory. */
  async dispose(): Promise<void> {
    this.#closing.abort();
    await this.#scheduler.dispose();
    this.#family.dispose();
    this.#backend.dispose();
    returnFreedMemory();
  }

  async #submit(request: GenerationRequest, signal: AbortSignal, sink: GenerationSink): Promise<void> {
    try {
      const prompt = await this.#prompt(request);
      await this.#scheduler.submit(new Generation(this.#context, request, prompt, signal, sink));
    } catch (error) {
      sink.emit({ type: 'failed', error: toErrorInfo(error) });
    }
  }

  #prompt(request: GenerationRequest) {
    if (request.messages.length === 0)
      throw new AppError('invalid-request', 'There is no message to answer.', { kind: 'message-none' });
    const asksForTools = request.messages.some(({ role, toolCalls }) => role === 'tool' || toolCalls);
    if ((request.toolUse || asksForTools) && !this.#family.toolFormat) throw noTools();
    return this.#family.prompt(request);
  }
}

/** What a provider holds of a model that was loaded on it. */
interface Opened {
  readonly backend: Backend;
  readonly model: FamilyModel;
  readonly sequence: Sequence;
  readonly draftMargin: number | null;
}

function contextOf(
  manifest: Manifest,
  tokenizer: Tokenizer,
  backend: Backend,
  endTokens: readonly number[] = manifest.tokens.eos,
): Omit<GenerationContext, 'draftMargin' | 'toolFormat'> {
  const { reasoning, generation, maxOutputTokens, precision } = manifest;
  const defaults: Partial<SamplingParams> = generation;
  return {
    tokenizer,
    eos: new Set(endTokens),
    tags: reasoning ?? null,
    answerTags: reasoning?.answer ?? null,
    defaults,
    maxOutputTokens,
    provider: backend.provider,
    device: backend.device,
    precision,
    peakMemory: () => backend.memory().peakBytes,
  };
}

/** One more KV cache if it leaves a margin for the runs themselves; null if not. */
function createSequence(backend: Backend, family: FamilyModel): Sequence | null {
  const margin = 512 << 20;
  if (backend.memory().freeBytes < family.sequenceBytes + margin) return null;
  try {
    return family.createSequence();
  } catch {
    return null;
  }
}

/** The first run of each shape allocates, compiles kernels and records the CUDA graph: not during somebody's first answer. */
async function warmUp(
  contextLength: number,
  model: FamilyModel,
  sequence: Sequence,
  onProgress: (fraction: number) => void,
): Promise<void> {
  const text = 'Hello! 12 + 34 = 46. 你好。'.slice(0, Math.floor(contextLength / 8));
  const prompt = await model.prompt({
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    sampling: {},
    enableThinking: false,
  });
  await sequence.prefill(prompt);
  onProgress(0.5);
  for (let i = 0; i < 3 && sequence.room > 0; i++) await sequence.step(sequence.greedy());
  sequence.logits();
  onProgress(1);
}
