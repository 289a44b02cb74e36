import type { CustomOperator, Kernel, KernelContext, NodeInfo } from '../custom-operator';
import type { Pointer } from '../ffi';
import { type AttentionShape, SCALE_BYTES } from '../quantized-cache-graph';
import { type OperatorDevice, rowsOf } from './device';
import type { Argument, Module } from './modules';
import type { Workspace } from './workspace';

/** Of heads for which there are kernels. */
const HEAD_SIZES = [64, 128];
/** Parts into which the keys of a head are split at most. */
const MOST_SPLITS = 64;
/** Rows of a tensor core's product: queries of one key's heads and of several tokens. */
const TILE = 16;
/** Tokens of one launch at most, which bounds the sums between the two kernels. */
const MOST_TOKENS = 256;
/** Blocks of threads that a multiprocessor has room for. */
const BLOCKS = 3;
const APPENDED_TOKENS = 32;

/** A layer's cache, and where a run stands in it. */
export interface CacheAt {
  readonly keys: Pointer;
  readonly values: Pointer;
  /** Rows that it has. */
  readonly capacity: number;
  /** int32 on the device: the row of the run's last token. */
  readonly last: Pointer;
  /** Tables of angles, float16; 0n where nothing turns. */
  readonly cosine: Pointer;
  readonly sine: Pointer;
  /** Of the run. */
  readonly tokens: number;
}

/** Whether there are kernels for it: each lane must have both values of a pair that turns. */
export function canQuantize({ heads, keyHeads, size, turned, interleaved }: AttentionShape): boolean {
  const turns =
    turned === 0 || (interleaved ? turned % 8 === 0 : turned === size || (size === 128 && turned === 64));
  return HEAD_SIZES.includes(size) && heads % keyHeads === 0 && heads / keyHeads <= TILE && turns;
}

/**
 * The kernels of attention-int8.cu for one kind of layer. Keys, and values, of a layer lie on the device as bytes: codes [key heads, capacity, head size], then
 * float16 scales [key heads, capacity].
 */
export class QuantizedAttention {
  readonly #shape: AttentionShape;
  readonly #workspace: Workspace;
  readonly #module: () => Module;
  readonly #wanted: number;
  readonly #mostSplits: number;

  /** @param mostSplits parts of a head's keys; fewer than by themselves, to try the kernels. */
  constructor(device: OperatorDevice, shape: AttentionShape, workspace: Workspace, mostSplits = MOST_SPLITS) {
    this.#shape = shape;
    this.#workspace = workspace;
    this.#module = device.module('attention-int8', { HEAD: shape.size });
    this.#wanted = BLOCKS * device.modules.multiprocessors;
    this.#mostSplits = mostSplits;
  }

  /**
   * Writes keys, turned, and values of the run's tokens to their rows.
   *
   * @param k and `v`: the first head's of the first token, float16. @param stride halves from a token's to the next one's.
   */
  append(stream: Pointer, at: CacheAt, k: Pointer, v: Pointer, stride: number): void {
    const { keyHeads, turned, interleaved } = this.#shape;
    const { keys, values, last, cosine, sine, capacity, tokens } = at;
    const blocks = [keyHeads, Math.ceil(tokens / APPENDED_TOKENS)] as const;
    this.#launch('append', stream, blocks, 128, [
      ...[keys, values, k, v, last, cosine, sine],
      ...[keyHeads, capacity, turned, interleaved ? 1 : 0, tokens, stride],
    ]);
  }

  /**
   * What each token of the run sees of the cache up to its own row, which is written too.
   *
   * @param y float16 [tokens, heads, head size]. @param qkv float16 [tokens, heads + 2 key heads, head size].
   * @throws AppError `out-of-memory`
   */
  attend(stream: Pointer, at: CacheAt, y: Pointer, qkv: Pointer): void {
    const { heads, keyHeads, size, turned, interleaved, scale } = this.#shape;
    const { keys, values, last, cosine, sine, capacity, tokens } = at;
    const key = qkv + BigInt(2 * heads * size);
    const value = key + BigInt(2 * keyHeads * size);
    // One token's are written by the blocks that read them.
    if (tokens > 1) this.append(stream, at, key, value, (heads + 2 * keyHeads) * size);
    const tile = Math.floor(TILE / (heads / keyHeads));
    const step = Math.floor(MOST_TOKENS / tile) * tile;
    for (let first = 0; first < tokens; first += step) {
      const count = Math.min(step, tokens - first);
      const blocks = keyHeads * Math.ceil(count / tile);
      const splits = Math.min(this.#mostSplits, MOST_SPLITS, Math.ceil(this.#wanted / blocks));
      // Two floats for each split of a head, then its sums.
      const marks = this.#workspace.bytes(4 * count * heads * splits * (size + 2));
      const partial = marks + BigInt(8 * count * heads * splits);
      this.#launch('attend_codes', stream, [blocks, splits], 128, [
        ...[partial, marks, qkv, keys, values, last, cosine, sine],
        ...[heads, keyHeads, capacity, turned, interleaved ? 1 : 0],
        ...[{ float: scale || 1 / Math.sqrt(size) }, tokens, first],
      ]);
      this.#launch('merge_tokens', stream, [heads, count], size, [
        ...[y, partial, marks, last, heads, splits, tokens, first, tile],
      ]);
    }
  }

  #launch(
    name: string,
    stream: Pointer,
    blocks: readonly [number, number],
    threads: number,
    args: readonly Argument[],
  ): void {
    this.#module().kernel(name).launch({ stream, blocks, threads }, args);
  }
}

const CODES = { type: 'uint8' } as const;
const OPTIONAL = { optional: true } as const;
const LENGTHS = [{ type: 'int32' }, { type: 'int32', host: true }] as const;

/** `QuantizedAttention` and `AppendKeyValue` of `quantized-cache-graph.ts`. Nothing of ORT's can stand in for them, so they are tried before a graph has them. */
export function quantizedAttention(device: OperatorDevice): CustomOperator[] {
  // Tokens are recorded as CUDA graphs.
  const workspace = device.workspace({ keepsOutgrown: true });
  return [
    {
      name: 'QuantizedAttention',
      inputs: [{}, CODES, CODES, ...LENGTHS, OPTIONAL, OPTIONAL],
      outputs: [{}, CODES, CODES],
      create: (node) => attends(node, new QuantizedAttention(device, shapeOf(node), workspace)),
    },
    {
      name: 'AppendKeyValue',
      inputs: [{}, {}, CODES, CODES, ...LENGTHS, OPTIONAL, OPTIONAL],
      outputs: [CODES, CODES],
      create: (node) => appends(new QuantizedAttention(device, shapeOf(node), workspace)),
    },
  ];
}

function attends(node: NodeInfo, kernels: QuantizedAttention): Kernel {
  const { heads, size } = shapeOf(node);
  return {
    run: (context) => {
      const shape = context.shape(0);
      const y = context.output(0, [...shape.slice(0, -1), heads * size]);
      const at = cacheAt(context, { past: 1, present: 1 });
      kernels.attend(context.stream(), { ...at, tokens: rowsOf(shape) }, y, context.address(0));
    },
  };
}

function appends(kernels: QuantizedAttention): Kernel {
  return {
    run: (context) => {
      const shape = context.shape(0);
      const at = cacheAt(context, { past: 2, present: 0 });
      const [k, v] = [context.address(0), context.address(1)];
      kernels.append(context.stream(), { ...at, tokens: rowsOf(shape) }, k, v, shape.at(-1)!);
    },
  };
}

/** @throws Error where outputs lie elsewhere than inputs: what was there would have to be copied. */
function cacheAt(
  context: KernelContext,
  { past, present }: { readonly past: number; readonly present: number },
): Omit<CacheAt, 'tokens'> {
  const shape = context.shape(past);
  const [keys, values] = [context.output(present, shape), context.output(present + 1, shape)];
  if (keys !== context.address(past) || values !== context.address(past + 1))
    throw new Error('A cache of 8 bits is written in place: past and present must be the same memory.');
  const turns = context.has(past + 4);
  return {
    keys,
    values,
    capacity: shape[2]!,
    last: context.address(past + 2),
    cosine: turns ? context.address(past + 4) : 0n,
    sine: turns ? context.address(past + 5) : 0n,
  };
}

function shapeOf(node: NodeInfo): AttentionShape {
  return {
    heads: node.integer('num_heads')!,
    keyHeads: node.integer('kv_num_heads')!,
    size: node.integer('head_size')!,
    turned: node.integer('turned')!,
    interleaved: node.integer('rotary_interleaved') === 1,
    scale: node.float('scale') ?? 0,
  };
}

/** Bytes of a layer's keys, or values. */
export const layerBytes = (keyHeads: number, rows: number, size: number): number =>
  keyHeads * rows * (size + SCALE_BYTES);
