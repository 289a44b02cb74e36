import type { SparseAttention } from '../backend';
import type { CudaDriver } from '../cuda-driver';
import type { CustomOperator, Kernel, NodeInfo } from '../custom-operator';
import { MICROSOFT } from '../onnx-graph';
import type { OperatorDevice } from './device';
import { trySparseAttention } from './sparse-attention-check';
import { SparseKernels } from './sparse-kernels';
import type { Workspace } from './workspace';

/** `SparseAttention` of `sparse-attention-graph.ts`: ours for long prompts, ORT's attention of all rows to all for short ones and where ours is refused. */
export function sparseAttention(device: OperatorDevice, driver: CudaDriver): CustomOperator {
  const means = device.workspace({ keepsOutgrown: false });
  return {
    name: 'SparseAttention',
    inputs: [{}, {}, {}],
    outputs: [{}],
    create: (node) => create(device, driver, node, means),
  };
}

function create(device: OperatorDevice, driver: CudaDriver, node: NodeInfo, means: Workspace): Kernel {
  const heads = node.integer('num_heads')!;
  const sparse: SparseAttention = {
    headSize: node.integer('head_size')!,
    k: node.integer('k')!,
    window: node.integer('window')!,
    block: node.integer('block')!,
    queryBlock: node.integer('query_block')!,
    share: node.integer('share')!,
    minLength: node.integer('min_length')!,
  };
  const scale = node.float('scale') ?? 0;
  const module = device.module('sparse-attention', { HEAD: sparse.headSize });
  const kernels = new SparseKernels(device, module, sparse, scale, means);
  const dense = node.operator(MICROSOFT, 'MultiHeadAttention', 1, {
    attributes: { num_heads: heads, ...(scale !== 0 && { scale: { float: scale } }) },
    inputs: 3,
    outputs: 1,
    types: { T: 'float16', QK: 'float16' },
  });
  const subject = `sparse attention with heads of ${sparse.headSize}`;
  return {
    run: (context) => {
      const shape = context.shape(0);
      const y = context.output(0, shape);
      const [batch, rows, width] = shape as [number, number, number];
      const theirs = () => context.invoke(dense, [0, 1, 2], [0]);
      if (batch !== 1 || width !== heads * sparse.headSize || !kernels.takes(rows)) return theirs();
      const ours = () => {
        const [q, k, v] = [context.address(0), context.address(1), context.address(2)];
        kernels.run({ stream: context.stream(), y, q, k, v, rows, heads });
      };
      // ORT has no such attention to compare with.
      const tries = () => trySparseAttention({ device, driver, module }, sparse.headSize);
      device.runTried(subject, tries, { ours, theirs });
    },
  };
}
