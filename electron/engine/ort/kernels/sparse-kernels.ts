import type { SparseAttention } from '../backend';
import type { Pointer } from '../ffi';
import type { OperatorDevice } from './device';
import type { Module } from './modules';
import type { Workspace } from './workspace';

/** What sparse-attention.cu is written for. */
const HEAD_SIZES = [64, 128];
const [BLOCK, QUERY_BLOCK] = [16, 64];

/** Whether there are kernels for attention that chooses so. */
export const hasSparseKernels = ({ headSize, block, queryBlock }: SparseAttention): boolean =>
  HEAD_SIZES.includes(headSize) && block === BLOCK && queryBlock === QUERY_BLOCK;

/** Of attention over `rows` rows of `heads` heads: float16 [rows, heads * size] each. */
export interface SparseRun {
  readonly stream: Pointer;
  readonly y: Pointer;
  readonly q: Pointer;
  readonly k: Pointer;
  readonly v: Pointer;
  readonly rows: number;
  readonly heads: number;
}

/** Key blocks that a block of queries reads of `rows` keys: `SparseConfig.chosen` of models/train/sparse.py. */
export function chosenBlocks({ k, window, share }: SparseAttention, rows: number): number {
  // Its own, those of the window on both sides, the first.
  const forced = QUERY_BLOCK / BLOCK + 2 * Math.ceil(window / BLOCK) + 1;
  const keys = Math.max(k, Math.floor(rows / share));
  return Math.min(Math.floor(rows / BLOCK), Math.ceil(keys / BLOCK) + forced);
}

/** Launches the kernels. */
export class SparseKernels {
  readonly #sparse: SparseAttention;
  /** Of scores. */
  readonly #scale: number;
  readonly #module: () => Module;
  /** Key blocks' means. */
  readonly #means: Workspace;
  readonly #sharedBytes: number;

  /**
   * @param module sparse-attention.cu for heads of this size.
   * @param scale 0: 1 / √head size.
   */
  constructor(
    device: OperatorDevice,
    module: () => Module,
    sparse: SparseAttention,
    scale: number,
    means: Workspace,
  ) {
    this.#sparse = sparse;
    this.#scale = scale || 1 / Math.sqrt(sparse.headSize);
    this.#module = module;
    this.#means = means;
    this.#sharedBytes = device.modules.sharedBytes;
  }

  /** Whether so many rows are attended to sparsely, and there is shared memory for their blocks' scores. */
  takes(rows: number): boolean {
    return rows >= Math.max(this.#sparse.minLength, BLOCK) && this.#shared(rows) <= this.#sharedBytes;
  }

  /** @throws AppError `out-of-memory` */
  run({ stream, y, q, k, v, rows, heads }: SparseRun): void {
    const { headSize, window } = this.#sparse;
    const blocks = Math.floor(rows / BLOCK);
    const means = this.#means.bytes(2 * blocks * heads * headSize);
    const module = this.#module();
    const threads = 256;
    // A thread for eight values.
    const wanted = Math.ceil((blocks * heads * headSize) / 8 / threads);
    module.kernel('block_means').launch({ stream, blocks: [wanted], threads }, [means, k, heads, blocks]);
    const grid = [Math.ceil(rows / QUERY_BLOCK), heads] as const;
    module
      .kernel('attend_blocks', true)
      .launch({ stream, blocks: grid, threads: 128, shared: this.#shared(rows) }, [
        ...[y, q, k, v, means, rows, heads, chosenBlocks(this.#sparse, rows), window],
        { float: this.#scale },
      ]);
  }

  /** Two tiles of keys and of values, as large as sparse-attention.cu has them; a score and a number for each block. */
  #shared(rows: number): number {
    const { headSize } = this.#sparse;
    const tile = headSize === 64 ? 64 : 32;
    return 4 * tile * 2 * headSize + 8 * Math.floor(rows / BLOCK) + 16;
  }
}
