import type { CustomOperator, Kernel, NodeInfo } from '../custom-operator';
import { MICROSOFT } from '../onnx-graph';
import { type OperatorDevice, rowsOf } from './device';

/** Of the widest rows that `add_norm` takes: its threads times the values that each keeps. */
const WIDEST_NORM = 8192;
const NORM_THREADS = 512;

/** `AddNorm` of `own-operators-graph.ts`. */
export function addNorm(device: OperatorDevice): CustomOperator {
  return {
    name: 'AddNorm',
    inputs: [{}, {}, {}, { optional: true }],
    outputs: [{}, {}],
    create: (node) => create(device, node),
  };
}

function create(device: OperatorDevice, node: NodeInfo): Kernel {
  const module = device.module('norms');
  const [epsilon, innerEpsilon] = [node.float('epsilon') ?? 0, node.float('inner_epsilon') ?? 0];
  const hasInner = node.inputCount > 3;
  const norm = node.operator('', 'SimplifiedLayerNormalization', 1, {
    attributes: { axis: -1, epsilon: { float: innerEpsilon }, stash_type: 1 },
    inputs: 2,
    outputs: 1,
    types: { T: 'float16', U: 'float32', V: 'float16' },
  });
  const skipNorm = node.operator(MICROSOFT, 'SkipSimplifiedLayerNormalization', 1, {
    attributes: { epsilon: { float: epsilon } },
    inputs: 3,
    outputs: 4,
    types: { T: 'float16' },
  });
  return {
    run: (context) => {
      const shape = context.shape(0);
      const [width, rows] = [shape.at(-1)!, rowsOf(shape)];
      const [y, sum] = [context.output(0, shape), context.output(1, shape)];
      const theirs = () => {
        // Each value of the inner norm is read before the sum takes its place.
        if (hasInner) context.invoke(norm, [0, 3], [1]);
        context.invoke(skipNorm, [1, hasInner ? { output: 1 } : 0, 2], [0, null, null, 1]);
      };
      if (width > WIDEST_NORM || width % 8 !== 0) return theirs();
      const ours = () => {
        const [x, residual, outer] = [context.address(0), context.address(1), context.address(2)];
        const inner = hasInner ? context.address(3) : 0n;
        const epsilons = [{ float: innerEpsilon }, { float: epsilon }];
        module()
          .kernel('add_norm')
          .launch({ stream: context.stream(), blocks: [rows], threads: NORM_THREADS }, [
            ...[y, sum, x, residual, inner, outer],
            ...epsilons,
            width,
          ]);
      };
      const subject = `add_norm of ${width}${hasInner ? ' with one inside' : ''}`;
      device.run(subject, context, { y, count: width * rows, ours, theirs });
    },
  };
}
