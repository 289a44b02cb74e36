import type { CustomOperator, InvokedInput, Kernel, NodeInfo } from '../custom-operator';
import { MICROSOFT } from '../onnx-graph';
import { type OperatorDevice, rowsOf } from './device';
import type { Workspace } from './workspace';

/** Of heads for which there are kernels. */
const HEAD_SIZES = [64, 128];
/** Parts into which the keys of a head are split at most. */
const MOST_SPLITS = 64;
/** Queries that share a key, and so rows of a tensor core's product. */
const MOST_QUERIES = 16;

/** `GroupQueryAttention` of `own-operators-graph.ts`: one token over a cache that grows in place; anything else is ORT's. */
export function groupQueryAttention(device: OperatorDevice): CustomOperator {
  // Tokens are recorded as CUDA graphs.
  const partial = device.workspace({ keepsOutgrown: true });
  const optional = { optional: true } as const;
  return {
    name: 'GroupQueryAttention',
    inputs: [{}, {}, {}, { type: 'int32' }, { type: 'int32', host: true }, optional, optional],
    outputs: [{}, {}, {}],
    create: (node) => create(device, node, partial),
  };
}

function create(device: OperatorDevice, node: NodeInfo, workspace: Workspace): Kernel {
  const [heads, keyHeads] = [node.integer('num_heads')!, node.integer('kv_num_heads')!];
  const rotary = node.integer('do_rotary') === 1;
  const interleaved = node.integer('rotary_interleaved') === 1;
  const scale = node.float('scale') ?? 0;
  const modules = new Map(HEAD_SIZES.map((size) => [size, device.module('attention', { HEAD: size })]));
  const attention = node.operator(MICROSOFT, 'GroupQueryAttention', 1, {
    attributes: {
      num_heads: heads,
      kv_num_heads: keyHeads,
      ...(rotary && { do_rotary: 1 }),
      ...(interleaved && { rotary_interleaved: 1 }),
      ...(scale !== 0 && { scale: { float: scale } }),
    },
    inputs: rotary ? 9 : 7,
    outputs: 3,
    types: { T: 'float16', T_CACHE: 'float16', T_KV_SCALE: 'float32', M: 'int32' },
  });
  const from: readonly InvokedInput[] = [0, null, null, 1, 2, 3, 4, ...(rotary ? [5, 6] : [])];
  const wanted = Math.ceil((2 * device.modules.multiprocessors) / keyHeads);
  const splits = Math.max(1, Math.min(MOST_SPLITS, wanted));
  return {
    run: (context) => {
      const [qkv, cache] = [context.shape(0), context.shape(1)];
      const size = qkv.at(-1)! / (heads + 2 * keyHeads);
      const y = context.output(0, [...qkv.slice(0, -1), heads * size]);
      const [keys, values] = [context.output(1, cache), context.output(2, cache)];
      const turned = rotary ? 2 * context.shape(5)[1]! : 0;
      const module = modules.get(size);
      const takes =
        rowsOf(qkv) === 1 &&
        module &&
        heads / keyHeads <= MOST_QUERIES &&
        canTurn(turned, size, interleaved) &&
        keys === context.address(1) &&
        values === context.address(2);
      const theirs = () => context.invoke(attention, from, [0, 1, 2]);
      if (!takes) return theirs();
      const ours = () => {
        const stream = context.stream();
        // Two floats for each split of a head, then its sums.
        const marks = workspace.take([2 * heads * splits * (size + 2)]).address;
        const partial = marks + BigInt(8 * heads * splits);
        const past = context.address(3);
        const [cosine, sine] = rotary ? [context.address(5), context.address(6)] : [0n, 0n];
        module()
          .kernel('attend')
          .launch({ stream, blocks: [keyHeads, splits], threads: 128 }, [
            ...[partial, marks, context.address(0), keys, values, past, cosine, sine],
            ...[heads, keyHeads, cache[2]!, turned, interleaved ? 1 : 0],
            { float: scale || 1 / Math.sqrt(size) },
          ]);
        module()
          .kernel('merge')
          .launch({ stream, blocks: [heads], threads: size }, [y, partial, marks, past, splits]);
      };
      const subject = `attend with ${heads} heads of ${size} over ${keyHeads}, ${turned} turned`;
      device.run(subject, context, { y, count: heads * size, ours, theirs });
    },
  };
}

/** Whether a lane of the kernel holds both values of each pair that turns: those beside each other, or 32 or 64 apart. */
const canTurn = (turned: number, size: number, interleaved: boolean): boolean =>
  turned === 0 || (interleaved ? turned % 8 === 0 : turned === size || (size === 128 && turned === 64));
