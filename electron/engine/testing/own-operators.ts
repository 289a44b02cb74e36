import { loadApi } from '../ort/api';
import { ELEMENT } from '../ort/backend';
import type { CustomOperator, Invokable, KernelContext, NodeInfo } from '../ort/custom-operator';
import { koffi, type Pointer } from '../ort/ffi';
import { fromFloat16Bits, toFloat16Bits } from '../ort/float16';
import { findRuntimeLibrary } from '../ort/library';
import { CpuTensor } from '../ort/tensor';
import { quantizedAttention } from './quantized-attention';

type Type = 'float32' | 'float16';

/**
 * The operators of `own-operators-graph.ts` on the processor, which show what a graph with them must give. Products are ORT's own; in
 * float32 so is everything else, in float16, of which the processor lacks some, what follows a product is JavaScript.
 */
export function referenceOperators(type: Type): CustomOperator[] {
  const codes = { type: 'uint8' } as const;
  const value = { type } as const;
  const optional = { type, optional: true } as const;
  return [
    {
      name: 'MatMulNBits',
      inputs: [value, codes, value, optional],
      outputs: [value],
      create(node) {
        const gelu = node.integer('activation') === 1;
        const { multiply, N } = product(node, type);
        const add = ownOr(node, type, 'Add', 14, { inputs: 2 });
        const activate = ownOr(node, type, 'Gelu', 1, { domain: 'com.microsoft', inputs: 1 });
        const room = new Room(type);
        return {
          run(context) {
            const { shape, count, y } = productOf(context, N);
            context.invoke(multiply, [0, 1, 2], [0]);
            if (context.has(3)) {
              if (add) context.invoke(add, [{ output: 0 }, 3], [0]);
              else {
                const bias = read(type, context.address(3), N);
                change(type, y, count, (x, i) => x + bias[i % N]!);
              }
            }
            if (!gelu) return;
            if (activate) context.invoke(activate, [room.filled(shape, read(type, y, count))], [0]);
            else change(type, y, count, geluOf);
          },
          dispose: () => room.dispose(),
        };
      },
    },
    {
      name: 'GatedMatMulNBits',
      inputs: [value, codes, value, codes, value],
      outputs: [value],
      create(node) {
        const { multiply, N } = product(node, type);
        const alpha = { alpha: { float: 1 } };
        const silu = ownOr(node, type, 'QuickGelu', 1, {
          domain: 'com.microsoft',
          inputs: 1,
          attributes: alpha,
        });
        const times = ownOr(node, type, 'Mul', 14, { inputs: 2 });
        const room = new Room(type);
        return {
          run(context) {
            const { shape, count, y } = productOf(context, N);
            context.invoke(multiply, [0, 1, 2], [0]);
            const gate = read(type, y, count);
            if (silu && times) {
              const other = room.filled(shape, gate);
              context.invoke(silu, [other], [0]);
              context.invoke(multiply, [0, 3, 4], [other]);
              context.invoke(times, [{ output: 0 }, other], [0]);
              return;
            }
            context.invoke(multiply, [0, 3, 4], [0]);
            change(type, y, count, (up, i) => (gate[i]! / (1 + Math.exp(-gate[i]!))) * up);
          },
          dispose: () => room.dispose(),
        };
      },
    },
    ...(type === 'float32' ? [addNorm, groupQueryAttention, argMax, ...quantizedAttention] : []),
  ];
}

const float = { type: 'float32' } as const;
const maybe = { type: 'float32', optional: true } as const;

const addNorm: CustomOperator = {
  name: 'AddNorm',
  inputs: [float, float, float, maybe],
  outputs: [float, float],
  create(node) {
    const norm = node.operator('', 'SimplifiedLayerNormalization', 1, {
      attributes: { axis: -1, epsilon: { float: node.float('inner_epsilon') ?? 0 }, stash_type: 1 },
      inputs: 2,
      outputs: 1,
      types: { T: 'float32', U: 'float32', V: 'float32' },
    });
    const add = node.operator('com.microsoft', 'SkipSimplifiedLayerNormalization', 1, {
      attributes: { epsilon: { float: node.float('epsilon')! } },
      inputs: 3,
      outputs: 4,
      types: { T: 'float32' },
    });
    return {
      run(context) {
        const shape = context.shape(0);
        for (const output of [0, 1]) context.output(output, shape);
        const hasInner = context.has(3);
        if (hasInner) context.invoke(norm, [0, 3], [1]);
        context.invoke(add, [1, hasInner ? { output: 1 } : 0, 2], [0, null, null, 1]);
      },
    };
  },
};

const argMax: CustomOperator = {
  name: 'ArgMax',
  inputs: [float],
  outputs: [{ type: 'int64' }],
  create(node) {
    const find = node.operator('', 'ArgMax', 13, {
      attributes: { axis: 1, keepdims: 1 },
      inputs: 1,
      outputs: 1,
      types: { T: 'float32' },
    });
    return {
      run(context) {
        context.output(0, [1, 1]);
        context.invoke(find, [0], [0]);
      },
    };
  },
};

const groupQueryAttention: CustomOperator = {
  name: 'GroupQueryAttention',
  inputs: [float, float, float, { type: 'int32' }, { type: 'int32', host: true }, maybe, maybe],
  outputs: [float, float, float],
  create(node) {
    const integers = ['num_heads', 'kv_num_heads', 'do_rotary', 'rotary_interleaved'];
    const attributes = Object.fromEntries(integers.map((name) => [name, node.integer(name) ?? 0]));
    const turns = attributes.do_rotary === 1;
    const heads = attributes.num_heads! + 2 * attributes.kv_num_heads!;
    const attend = node.operator('com.microsoft', 'GroupQueryAttention', 1, {
      attributes,
      inputs: turns ? 9 : 7,
      outputs: 3,
      types: { T: 'float32', M: 'int32' },
    });
    return {
      run(context) {
        const [qkv, cache] = [context.shape(0), context.shape(1)];
        context.output(0, [...qkv.slice(0, -1), (qkv.at(-1)! / heads) * attributes.num_heads!]);
        for (const output of [1, 2]) context.output(output, cache);
        context.invoke(attend, [0, null, null, 1, 2, 3, 4, ...(turns ? [5, 6] : [])], [0, 1, 2]);
      },
    };
  },
};

/** A value between two operators of ORT where the second cannot write over what it reads. */
class Room {
  readonly #type: Type;
  readonly #api = loadApi(findRuntimeLibrary());
  readonly #info = this.#api.createMemoryInfo('Cpu', 1, 0, 0);
  #tensor: CpuTensor | null = null;

  constructor(type: Type) {
    this.#type = type;
  }

  /** Good until the next call. */
  filled(shape: readonly number[], values: readonly number[]): { readonly value: Pointer } {
    this.#tensor?.dispose();
    const tensor = CpuTensor.create(this.#api, this.#info, this.#type, shape);
    tensor.data.set(this.#type === 'float16' ? values.map(toFloat16Bits) : values);
    this.#tensor = tensor;
    return { value: tensor.handle };
  }

  dispose(): void {
    this.#tensor?.dispose();
    this.#api.releaseMemoryInfo(this.#info);
  }
}

function product(node: NodeInfo, type: Type): { multiply: Invokable; N: number } {
  const attributes = Object.fromEntries(
    ['K', 'N', 'bits', 'block_size', 'accuracy_level'].map((name) => [name, node.integer(name)!]),
  );
  const multiply = node.operator('com.microsoft', 'MatMulNBits', 1, {
    attributes,
    inputs: 3,
    outputs: 1,
    types: { T1: type, T2: 'uint8', T3: type },
  });
  return { multiply, N: attributes.N! };
}

/** The first output, where a product with N columns goes, with its shape and the number of its values. */
function productOf(context: KernelContext, N: number) {
  const shape = [...context.shape(0).slice(0, -1), N];
  return { shape, count: shape.reduce((a, b) => a * b, 1), y: context.output(0, shape) };
}

/** ORT's own operator in float32; null in float16. */
function ownOr(
  node: NodeInfo,
  type: Type,
  name: string,
  version: number,
  {
    domain = '',
    inputs,
    attributes,
  }: { domain?: string; inputs: number; attributes?: Record<string, { float: number }> },
): Invokable | null {
  if (type === 'float16') return null;
  return node.operator(domain, name, version, { inputs, outputs: 1, attributes, types: { T: type } });
}

function read(type: Type, address: Pointer, count: number): number[] {
  const native = type === 'float16' ? 'uint16_t' : 'float';
  const values = Array.from(koffi.decode(address, native, count) as ArrayLike<number>);
  return type === 'float16' ? values.map(fromFloat16Bits) : values;
}

function write(type: Type, address: Pointer, values: readonly number[]): void {
  const native = ELEMENT[type].bytes === 2 ? 'uint16_t' : 'float';
  const bits = type === 'float16' ? values.map(toFloat16Bits) : [...values];
  koffi.encode(address, native, bits, bits.length);
}

/** In place, each by itself. */
function change(type: Type, address: Pointer, count: number, to: (value: number, index: number) => number) {
  write(type, address, read(type, address, count).map(to));
}

/** x (1 + erf(x / √2)) / 2, erf by Abramowitz and Stegun 7.1.26, whose error is below 1.5e-7. */
function geluOf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = Math.sign(x) * (1 - series * Math.exp(-z * z));
  return (x * (1 + erf)) / 2;
}
