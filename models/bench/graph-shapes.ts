import { createRequire } from 'node:module';
import type { onnx as Onnx } from 'onnx-proto';

const { onnx } = createRequire(import.meta.url)('onnx-proto') as typeof import('onnx-proto');

/** A value of a graph for one run: its shape in numbers and, of small integers (shapes, bounds), what it holds. */
export interface Value {
  /** TensorProto.DataType. */
  readonly type: number;
  readonly shape: readonly number[];
  readonly values?: readonly number[] | undefined;
}

export type GraphNode = Onnx.INodeProto;

/** Bytes of an element, by TensorProto.DataType. */
const ELEMENT_BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 1, 6: 4, 7: 8, 9: 1, 10: 2 };
const [INT64, BOOL] = [7, 9];

export const countOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
export const bytesOf = ({ type, shape }: Value): number => countOf(shape) * (ELEMENT_BYTES[type] ?? 0);

export interface ReadGraph {
  readonly nodes: readonly GraphNode[];
  readonly inputs: ReadonlyMap<string, Value>;
  readonly initializers: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlySet<string>;
}

/** @param sizes of the dimensions that are known only at run time, by name. @throws Error naming one that is missing. */
export function readGraph(model: Uint8Array, sizes: Readonly<Record<string, number>>): ReadGraph {
  const graph = onnx.ModelProto.decode(model).graph!;
  const inputs = (graph.input ?? []).map(({ name, type }): [string, Value] => {
    const shape = (type?.tensorType?.shape?.dim ?? []).map(({ dimParam, dimValue }) => {
      if (!dimParam) return Number(dimValue);
      const size = sizes[dimParam];
      if (size === undefined) throw new Error(`The graph asks for ${dimParam}=….`);
      return size;
    });
    return [name!, { type: type?.tensorType?.elemType ?? 0, shape }];
  });
  const initializers = (graph.initializer ?? []).map((tensor): [string, Value] => {
    const shape = (tensor.dims ?? []).map(Number);
    return [tensor.name!, { type: tensor.dataType!, shape, values: valuesOf(tensor, shape) }];
  });
  return {
    nodes: graph.node ?? [],
    inputs: new Map(inputs),
    initializers: new Map(initializers),
    outputs: new Set((graph.output ?? []).map(({ name }) => name!)),
  };
}

function valuesOf({ dataType, rawData }: Onnx.ITensorProto, shape: readonly number[]): number[] | undefined {
  if (countOf(shape) === 0) return [];
  if (!rawData?.length) return undefined;
  const { buffer } = Uint8Array.from(rawData);
  if (dataType === INT64) return [...new BigInt64Array(buffer)].map(Number);
  return dataType === 6 ? [...new Int32Array(buffer)] : undefined;
}

const attribute = (node: GraphNode, name: string) => node.attribute?.find((a) => a.name === name);
export const integer = (node: GraphNode, name: string, otherwise = 0): number => {
  const found = attribute(node, name);
  return found ? Number(found.i) : otherwise;
};
const integers = (node: GraphNode, name: string) => (attribute(node, name)?.ints ?? []).map(Number);

const axisOf = (node: GraphNode, { shape }: Value): number => {
  const axis = integer(node, 'axis');
  return axis < 0 ? axis + shape.length : axis;
};

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    return x === 1 ? y : x;
  });
}

const INTEGER_ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => Math.trunc(a / b),
  GreaterOrEqual: (a, b) => Number(a >= b),
};

/** What a node gives. @param x of its inputs, those that are left out undefined. @throws Error for an operator that is not known here. */
export function infer(node: GraphNode, x: readonly (Value | undefined)[]): readonly Value[] {
  const a = x[0]!;
  const like = (shape: readonly number[], values?: readonly number[]): Value[] => [
    { type: a.type, shape, values },
  ];
  switch (node.opType) {
    case 'SimplifiedLayerNormalization':
    case 'LayerNormalization':
    case 'RotaryEmbedding':
    case 'MultiHeadAttention':
    case 'Gelu':
    case 'QuickGelu':
    case 'Cos':
    case 'Sin':
    case 'Log':
    case 'Floor':
    case 'Clip':
      return like(a.shape);
    case 'SkipSimplifiedLayerNormalization':
      return [a, a, a, a];
    case 'Cast':
      return [{ ...a, type: integer(node, 'to') }];
    case 'MatMulNBits':
      return like([...a.shape.slice(0, -1), integer(node, 'N')]);
    case 'FusedMatMul': {
      const side = integer(node, 'transB') ? -2 : -1;
      return like([...a.shape.slice(0, -1), x[1]!.shape.at(side)!]);
    }
    case 'MatMul': {
      const b = x[1]!.shape;
      return like([...broadcast(a.shape.slice(0, -2), b.slice(0, -2)), a.shape.at(-2)!, b.at(-1)!]);
    }
    case 'GroupQueryAttention': {
      const cache = x[3]!;
      const width = x[1] ? a.shape[2]! : integer(node, 'num_heads') * cache.shape[3]!;
      return [{ type: a.type, shape: [a.shape[0]!, a.shape[1]!, width] }, cache, x[4]!];
    }
    case 'GatherBlockQuantized':
      return [{ type: x[2]!.type, shape: [...x[1]!.shape, (a.shape[1]! * 8) / integer(node, 'bits', 4)] }];
    case 'Conv': {
      const [kernel, strides, pads] = ['kernel_shape', 'strides', 'pads'].map((name) => integers(node, name));
      const sides = kernel!.map((size, i) => {
        const padded = a.shape[2 + i]! + pads![i]! + pads![kernel!.length + i]!;
        return Math.floor((padded - size) / strides![i]!) + 1;
      });
      return like([a.shape[0]!, x[1]!.shape[0]!, ...sides]);
    }
    case 'ReduceMax':
      return like(a.shape.slice(0, 1));
    case 'ArgMax':
      return [{ type: INT64, shape: [1] }];
    case 'Where':
      return [{ type: x[1]!.type, shape: broadcast(broadcast(a.shape, x[1]!.shape), x[2]!.shape) }];
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'GreaterOrEqual':
      return [arithmetic(node.opType, a, x[1]!)];
    default:
      return moved(node, x as readonly Value[]);
  }
}

function arithmetic(operator: string, a: Value, b: Value): Value {
  const shape = broadcast(a.shape, b.shape);
  const of = INTEGER_ARITHMETIC[operator]!;
  const values =
    a.values && b.values && countOf(shape) <= 8
      ? Array.from({ length: countOf(shape) }, (_, i) =>
          of(a.values![i % a.values!.length]!, b.values![i % b.values!.length]!),
        )
      : undefined;
  return { type: operator === 'GreaterOrEqual' ? BOOL : a.type, shape, values };
}

/** Operators that move values and compute none. */
function moved(node: GraphNode, x: readonly Value[]): readonly Value[] {
  const a = x[0]!;
  const like = (shape: readonly number[], values?: readonly number[]): Value[] => [
    { type: a.type, shape, values },
  ];
  switch (node.opType) {
    case 'Shape': {
      const end = integer(node, 'end', a.shape.length);
      const values = a.shape.slice(integer(node, 'start'), end);
      return [{ type: INT64, shape: [values.length], values }];
    }
    case 'Gather': {
      const axis = axisOf(node, a);
      const [, indices] = x as readonly [Value, Value];
      const shape = [...a.shape.slice(0, axis), ...indices.shape, ...a.shape.slice(axis + 1)];
      const isList = a.values && indices.values && a.shape.length === 1;
      return like(shape, isList ? indices.values!.map((i) => a.values!.at(i)!) : undefined);
    }
    case 'Split': {
      const axis = axisOf(node, a);
      const count = node.output!.length;
      const sizes = x[1]?.values ?? new Array<number>(count).fill(a.shape[axis]! / count);
      return sizes.flatMap((size) => like(a.shape.map((side, i) => (i === axis ? size : side))));
    }
    case 'Concat': {
      const axis = axisOf(node, a);
      const total = x.reduce((sum, { shape }) => sum + shape[axis]!, 0);
      const lists = x.map(({ values }) => values);
      const values =
        lists.every((list) => list) && a.shape.length === 1 ? lists.flatMap((l) => l!) : undefined;
      return like(
        a.shape.map((side, i) => (i === axis ? total : side)),
        values,
      );
    }
    case 'Reshape': {
      const wanted = x[1]!.values!.map((side, i) => (side === 0 ? a.shape[i]! : side));
      const rest = countOf(a.shape) / countOf(wanted.filter((side) => side !== -1));
      return like(
        wanted.map((side) => (side === -1 ? rest : side)),
        a.values,
      );
    }
    case 'Transpose':
      return like(integers(node, 'perm').map((axis) => a.shape[axis]!));
    case 'Squeeze':
      return like(
        a.shape.filter((side) => side !== 1),
        a.values,
      );
    case 'Unsqueeze': {
      const shape = [...a.shape];
      for (const axis of x[1]!.values!) shape.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, 1);
      return like(shape, a.values);
    }
    case 'Range':
      return like([x[1]!.values![0]! - a.values![0]!]);
    case 'Slice': {
      const [starts, ends, axes, steps] = x.slice(1).map(({ values }) => values!);
      const shape = [...a.shape];
      for (const [i, axis] of axes!.entries()) {
        const side = shape[axis]!;
        const at = (index: number) => Math.max(0, Math.min(side, index < 0 ? side + index : index));
        shape[axis] = Math.max(0, Math.ceil((at(ends![i]!) - at(starts![i]!)) / (steps?.[i] ?? 1)));
      }
      return like(shape);
    }
    case 'Pad': {
      const pads = x[1]!.values!;
      return like(a.shape.map((side, i) => side + pads[i]! + pads[i + a.shape.length]!));
    }
    default:
      throw new Error(`The shape of what ${node.opType} gives is not known here.`);
  }
}
