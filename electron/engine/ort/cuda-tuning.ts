import type { CacheType } from '../../contract/models';
import type { PromptPrecision } from './kernels/prompts';
import type { OwnParts } from './own-operators-graph';

/** Kernels that attention may choose from, a bit each: the provider's `sdpa_kernel` (ORT's AttentionBackend). */
const ATTENTION = { flash: 1, efficient: 2, cudnn: 8, math: 16 } as const;

/** What can be set for the sessions; `npm run bench:gpu` compares. */
export interface CudaTuning {
  /** Kernels of attention, as bits of `ATTENTION`; 0 leaves the choice to ORT, which on Hopper and later prefers cuDNN's. */
  readonly attention: number;
  /** The same for sessions that record no CUDA graph: encoders, vision towers. */
  readonly encoderAttention: number;
  /**
   * Flash attention itself writes keys and values of tokens that follow others into the cache. Every block of its threads then copies, and
   * rotates, all new keys that it reads, which suits few tokens; otherwise a kernel does it once, before.
   */
  readonly appendInAttention: boolean;
  /** Sessions record CUDA graphs where a family asks for them. */
  readonly graphs: boolean;
  /** ORT remembers how a run of each shape used memory and asks for it in one piece the next time. */
  readonly memoryPattern: boolean;
  /** Memory of rare, large runs is given back to the device after them (`BindOptions.large`). */
  readonly shrink: boolean;
  /** Tokens of a prompt that one run reads at most; by the device's memory unless told. */
  readonly prefillRows?: number;
  /** A model's sessions read one copy of its weights (`shared-weights.ts`) instead of having each its own. */
  readonly sharedWeights: boolean;
  /** Sessions that record no CUDA graph share one arena (`shared-arena.ts`) instead of keeping each its own. */
  readonly sharedArena: boolean;
  /** More options of the provider, or others than ours. */
  readonly provider: Readonly<Record<string, string>>;
  /** Session configuration entries. */
  readonly config: Readonly<Record<string, string>>;
  /** Writes ORT's profile to files that begin so. */
  readonly profile?: string;
  /** What goes through operators of our own (`kernels/`), on GPUs that can: of decoders all of it, of encoders and vision towers the products and sparse attention. */
  readonly ownOperators: OwnParts;
  /** Rows of the shortest prompt that is attended to sparsely, where the model's own `minLength` is not more. */
  readonly sparseLength: number;
  /** Of the KV cache, in families whose attention we have kernels for: half the memory in 8 bits. */
  readonly cacheType: CacheType;
  /** What our products compute many rows in, where the GPU can. */
  readonly promptPrecision: PromptPrecision;
}

/**
 * cuDNN's attention builds a plan for every new length of a prompt, once on each thread, in 40 to 60 ms, which is more than it saves:
 * the others need none.
 */
const WITHOUT_PLANS = ATTENTION.flash | ATTENTION.efficient | ATTENTION.math;

/** From here on prefill was faster sparsely in both sizes that were measured (H100, models/bench/NOTES.md). */
const SPARSE_LENGTH = 4096;

/** Unless told. */
export const CUDA_TUNING: CudaTuning = {
  attention: WITHOUT_PLANS,
  encoderAttention: WITHOUT_PLANS,
  appendInAttention: false,
  graphs: true,
  memoryPattern: false,
  shrink: false,
  sharedWeights: true,
  sharedArena: true,
  ownOperators: ['products', 'norms', 'attention', 'choice', 'sparse'],
  sparseLength: SPARSE_LENGTH,
  cacheType: 'float16',
  promptPrecision: 'float8',
  provider: {},
  config: {},
};
