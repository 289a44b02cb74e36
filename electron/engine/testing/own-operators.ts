import { ELEMENT } from '../ort/backend';
import type { CustomOperator, Invokable, NodeInfo } from '../ort/custom-operator';
import { koffi, type Pointer } from '../ort/ffi';
import { fromFloat16Bits, toFloat16Bits } from '../ort/float16';

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
      outputs: [value, optional],
      create(node) {
        const gelu = node.integer('activation') === 1;
        const { multiply, N } = product(node, type);
        const add = ownOr(node, type, 'Add', 14, { inputs: 2 });
        const activate = ownOr(node, type, 'Gelu', 1, { domain: 'com.microsoft', inputs: 1 });
        return {
          run(context) {
            const shape = [...context.shape(0).slice(0, -1), N];
            const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
            const y = context.output(0, shape);
            const at = gelu ? 1 : 0;
            const raw = gelu ? context.output(1, shape) : y;
            context.invoke(multiply, [0, 1, 2], [at]);
            if (context.has(3)) {
              if (add) context.invoke(add, [{ output: at }, 3], [at]);
              else {
                const bias = read(type, context.address(3), N);
                write(
                  type,
                  raw,
                  read(type, raw, rows * N).map((x, i) => x + bias[i % N]!),
                );
              }
            }
            if (!gelu) return;
            if (activate) context.invoke(activate, [{ output: 1 }], [0]);
            else write(type, y, read(type, raw, rows * N).map(geluOf));
          },
        };
      },
    },
    {
      name: 'GatedMatMulNBits',
      inputs: [value, codes, value, codes, value],
      outputs: [value, optional, optional],
      create(node) {
        const { multiply, N } = product(node, type);
        const alpha = { alpha: { float: 1 } };
        const silu = ownOr(node, type, 'QuickGelu', 1, {
          domain: 'com.microsoft',
          inputs: 1,
          attributes: alpha,
        });
        const times = ownOr(node, type, 'Mul', 14, { inputs: 2 });
        return {
          run(context) {
            const shape = [...context.shape(0).slice(0, -1), N];
            const count = shape.reduce((a, b) => a * b, 1);
            const [y, gate, up] = [0, 1, 2].map((i) => context.output(i, shape)) as [
              Pointer,
              Pointer,
              Pointer,
            ];
            context.invoke(multiply, [0, 1, 2], [1]);
            context.invoke(multiply, [0, 3, 4], [2]);
            if (silu && times) {
              context.invoke(silu, [{ output: 1 }], [0]);
              context.invoke(times, [{ output: 0 }, { output: 2 }], [0]);
              return;
            }
            const ups = read(type, up, count);
            write(
              type,
              y,
              read(type, gate, count).map((x, i) => (x / (1 + Math.exp(-x))) * ups[i]!),
            );
          },
        };
      },
    },
  ];
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

/** x (1 + erf(x / √2)) / 2, erf by Abramowitz and Stegun 7.1.26, whose error is below 1.5e-7. */
function geluOf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = Math.sign(x) * (1 - series * Math.exp(-z * z));
  return (x * (1 + erf)) / 2;
}
