import type { GenerationRequest } from '../../contract/generation';
import type { Manifest } from '../../contract/manifest';
import type { SpokenSegment } from '../../contract/speech';
import type { Backend, LikelyTokens } from '../ort/backend';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { ToolFormat } from '../tools/format';

/** What one kind of model knows that the others do not: its prompt, its graphs and its cache. One folder each. */
export interface Family {
  /** The manifest's `family`. */
  readonly id: string;
  /** Opens the graphs of the backend's kind. @throws AppError `model-unsupported`, `engine-failed`, `out-of-memory` */
  open(model: FamilyInput): Promise<FamilyModel>;
}

export interface FamilyInput {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly tokenizer: Tokenizer;
  readonly backend: Backend;
  /** Rows of the KV cache of one sequence. */
  readonly contextLength: number;
  /** Called with 0 … 1 while graphs are read. */
  readonly onProgress?: (fraction: number) => void;
}

export interface FamilyModel {
  /**
   * Ids of a conversation.
   *
   * @throws AppError `context-exceeded` when nothing could be written after it.
   */
  prompt(request: GenerationRequest): Promise<Prompt>;
  /** A KV cache of its own, and what runs on it. @throws AppError `out-of-memory` */
  createSequence(): Sequence;
  /** How the model's chat template has tools called; absent where it knows none. */
  readonly toolFormat?: ToolFormat;
  /** Bytes of a sequence's cache with all its rows. */
  readonly sequenceBytes: number;
  /**
   * Writes down what is said; only families that hear have it, and only models whose manifest names the modality `audio` are asked.
   * Nothing else of the model runs meanwhile, so it may use any of its sessions.
   *
   * @param samples mono, 16 kHz, -1 … 1; silence around the speech has been cut off.
   * @param options.language what is probably spoken; absent: to be found out.
   * @returns `text` is empty where no word was understood.
   * @throws AppError `aborted`, `invalid-request` (longer than the model can hear), `engine-failed`, `out-of-memory`
   */
  transcribe?(
    samples: Float32Array,
    options: TranscribeOptions,
    signal?: AbortSignal,
  ): Promise<{ readonly text: string }>;
  dispose(): void;
}

export interface TranscribeOptions {
  readonly language?: string;
  /** Transcripts that are followed side by side (`beam-search.ts`), 1 or more; only the likeliest token where it is 1. Absent: what the family does best. */
  readonly beamWidth?: number;
  /** Called with every piece as soon as it is written; times are those of the samples. */
  readonly onSegment?: (segment: SpokenSegment) => void;
}

export interface Prompt {
  /** Tokens that are read at once before the first is written, in the family's own parts. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
  /** Tokens of the assistant's own text that is being continued. */
  readonly written: readonly number[];
  /** Rows of the cache that all of it takes. */
  readonly length: number;
  /** Those of pictures and sound among them; absent where there are none. */
  readonly mediaTokens?: number;
}

/** One text being written: a KV cache and the two ways to extend it. After either, `greedy` and `logits` describe the next token. */
export interface Sequence {
  /** Rows still free: so many tokens may be fed to `step`. */
  readonly room: number;
  /** Whether `prefill` of this prompt could reuse what the cache holds. */
  holds(prompt: Prompt): boolean;
  /** Starts over with a prompt. @throws AppError `aborted`, `out-of-memory`, `engine-failed` */
  prefill(prompt: Prompt, signal?: AbortSignal): Promise<void>;
  /** Milliseconds that the last `prefill` spent on pictures and sound; absent where the family takes none. */
  readonly mediaMs?: number;
  /** Feeds one token; blocks for the length of a decode step unless the runtime can only do it asynchronously. */
  step(token: number): void | Promise<void>;
  /** Id of the likeliest next token, found on the device. */
  greedy(): number;
  /** Logits of the next token, [vocabulary]; the array is overwritten by the next step. */
  logits(): Float32Array;
  /** Finds the likeliest next tokens where the logits are; absent or null where `logits` is the way. */
  readonly likely?: LikelyTokens | null;
  /** How a guessed continuation is checked; absent or null where the graph, or the prompt being answered, allows none. */
  readonly drafts?: DraftChecker | null;
  dispose(): void;
}

/** Several tokens in one run of the decoder: one that was chosen and a draft of those that may follow. */
export interface DraftChecker {
  /** Tokens that one run may take, ascending. */
  readonly sizes: readonly number[];
  /** Appends `tokens`, one of `sizes` of them. */
  run(tokens: readonly number[]): void | Promise<void>;
  /** Logits after token `i` of the last run, [vocabulary]; may be written to, overwritten by the next call. */
  logits(i: number): Float32Array;
  /** Takes back the last `rows` rows of the cache; what `greedy` and `logits` describe is undefined until the next run. */
  rewind(rows: number): void;
}
