import {
  ATTRIBUTE,
  attributeOf,
  find,
  GRAPH,
  integerOf,
  MICROSOFT,
  MODEL,
  NODE,
  nameOf,
  names,
  operatorOf,
  rewriteModel,
  VALUE,
  writeAttribute,
  writeNode,
  writeOpset,
} from './onnx-graph';
import { type Field, integer, message, readFields, text, writeFields } from './onnx-wire';

/**
 * ORT's WebGPU provider computes attention of 32 and more rows with one shader that counts on its variables being zero again in every
 * round of a loop. On some devices they are not (seen with Vulkan, ORT 1.29 and 1.30: `FlashAttention`, `qk_1` to `qk_4`), and what comes out
 * is near the truth and wrong. So a device is asked first, with a small attention whose result is known; where it fails, graphs are
 * rewritten to products and a softmax, and causal models read fewer rows at once.
 */

/** Rows that one run may have where the shader is wrong: it is used from one more on. */
export const SAFE_ROWS = 31;

const OPERATOR = 'MultiHeadAttention';

/** A small attention: `HEADS` of `SIZE`, `ROWS` queries that see as many keys. Two rounds of the loop show the fault. */
const PROBE = { heads: 2, size: 32, rows: 64 };
/** Far above what rounding makes of values up to 1, far below what the fault does. */
const PROBE_TOLERANCE = 1e-3;

export interface Probe {
  /** Inputs `q`, `k` and `v`, output `y`: float32 `shape`. */
  readonly model: Uint8Array;
  readonly shape: readonly number[];
  readonly inputs: Readonly<Record<'q' | 'k' | 'v', Float32Array>>;
  /** Whether `y` is the attention of the inputs. */
  passes(y: Float32Array): boolean;
}

/** The attention with which a device is tried. */
export function attentionProbe(): Probe {
  const { heads, size, rows } = PROBE;
  const shape = [1, rows, heads * size];
  // Values without a pattern that a fault could fall in with.
  const values = (seed: number) =>
    Float32Array.from(
      { length: rows * heads * size },
      (_, i) => (Math.sin(i * 12.9898 + seed) * 43758.5453) % 1,
    );
  const inputs = { q: values(1), k: values(2), v: values(3) };
  const expected = attention(inputs, PROBE);
  const value = (number: number, name: string) => {
    const dimensions = shape.map((dimension) => message(1, [integer(1, dimension)]));
    const tensor = message(1, [integer(1, 1), message(2, dimensions)]);
    return message(number, [text(VALUE.name, name), message(VALUE.type, [tensor])]);
  };
  const node = writeNode({
    operator: OPERATOR,
    domain: MICROSOFT,
    inputs: ['q', 'k', 'v'],
    outputs: ['y'],
    attributes: [writeAttribute('num_heads', heads)],
  });
  const graph = [
    node,
    text(GRAPH.name, 'attention'),
    ...['q', 'k', 'v'].map((name) => value(GRAPH.input, name)),
    value(GRAPH.output, 'y'),
  ];
  const model = writeFields([
    integer(MODEL.irVersion, 8),
    message(MODEL.graph, graph),
    writeOpset('', 17),
    writeOpset(MICROSOFT, 1),
  ]);
  const passes = (y: Float32Array) => y.every((at, i) => Math.abs(at - expected[i]!) < PROBE_TOLERANCE);
  return { model, shape, inputs, passes };
}

/** softmax(q kᵀ / √size) v, head by head; all [rows, heads * size]. */
function attention({ q, k, v }: Probe['inputs'], { heads, size, rows }: typeof PROBE): Float64Array {
  const width = heads * size;
  const out = new Float64Array(rows * width);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < rows; row++) {
      const at = row * width + head * size;
      const weights = Array.from({ length: rows }, (_, key) => {
        let score = 0;
        for (let i = 0; i < size; i++) score += q[at + i]! * k[key * width + head * size + i]!;
        return Math.exp(score / Math.sqrt(size));
      });
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (const [key, weight] of weights.entries()) {
        for (let i = 0; i < size; i++) out[at + i]! += (weight / total) * v[key * width + head * size + i]!;
      }
    }
  }
  return out;
}

/**
 * A model whose MultiHeadAttention nodes of a query, keys and values are written as MatMul, Softmax and MatMul, in float32; those with masks
 * or a cache stay, as do all other nodes and the weights outside.
 *
 * @throws RangeError where `model` is no ONNX file.
 */
export function withoutFusedAttention(model: Uint8Array): Uint8Array {
  return rewriteModel(model, rewriteGraph);
}

/** @param outside ranks of the values that the graphs around this one are given. */
function rewriteGraph(graph: readonly Field[], outside: ReadonlyMap<string, number> = new Map()): Field[] {
  const inputs = graph.filter(({ number }) => number === GRAPH.input).map(({ bytes }) => readFields(bytes));
  const own = inputs.map((input) => [nameOf(input, VALUE.name), rankOf(input)] as const);
  const ranks = new Map([...outside, ...own]);
  const nodes = graph.filter(({ number }) => number === GRAPH.node).map(({ bytes }) => readFields(bytes));
  const gathered = new Set(
    nodes.filter((node) => operatorOf(node) === 'Gather').flatMap((node) => names(node, NODE.output)),
  );
  return graph.flatMap((field) => {
    if (field.number !== GRAPH.node) return [field];
    const node = readFields(field.bytes);
    const [query, key, value, ...rest] = names(node, NODE.input);
    if (operatorOf(node) !== `${MICROSOFT}.${OPERATOR}` || !query || !key || !value || rest.length > 0) {
      return [
        message(
          GRAPH.node,
          node.map((own) => rewriteBodies(own, ranks)),
        ),
      ];
    }
    // Keys come as rows of all heads, [B, L, H * D], or by head, [B, H, L, D]: of a cache, or chosen from one (the builder's sparse/routing.ts).
    const byHead = ranks.get(key) === 4 || gathered.has(key);
    return spelledOut(node, { query, key, value, byHead });
  });
}

/** The graphs inside of an If or a Scan. */
function rewriteBodies(field: Field, outside: ReadonlyMap<string, number>): Field {
  if (field.number !== NODE.attribute) return field;
  const attributes = readFields(field.bytes).map((own) =>
    own.number === ATTRIBUTE.graph
      ? message(ATTRIBUTE.graph, rewriteGraph(readFields(own.bytes), outside))
      : own,
  );
  return message(NODE.attribute, attributes);
}

function spelledOut(
  node: readonly Field[],
  { query, key, value, byHead }: { query: string; key: string; value: string; byHead: boolean },
): Field[] {
  const output = names(node, NODE.output)[0]!;
  const heads = integerOf(node, 'num_heads')!;
  const scale = attributeOf(node, 'scale');
  const at = (what: string) => `${output}.spelled.${what}`;
  const nodes: Field[] = [];
  const add = (operator: string, inputs: readonly string[], to: string, ...attributes: Field[]) => {
    nodes.push(writeNode({ operator, inputs, outputs: [to], attributes }));
    return to;
  };
  const constant = (what: string, values: readonly number[]) =>
    add('Constant', [], at(what), writeAttribute('value_ints', values));

  const split = constant('split', [0, 0, heads, -1]);
  const rows = (name: string, what: string) => add('Reshape', [name, split], at(what));
  const turned = (name: string, what: string, ...order: number[]) =>
    add('Transpose', [name], at(what), writeAttribute('perm', order));
  const q = turned(rows(query, 'q_rows'), 'q', 0, 2, 1, 3);
  const k = byHead ? turned(key, 'k', 0, 1, 3, 2) : turned(rows(key, 'k_rows'), 'k', 0, 2, 3, 1);
  const v = byHead ? value : turned(rows(value, 'v_rows'), 'v', 0, 2, 1, 3);
  const scores = add('MatMul', [q, k], at('scores'));
  let scaled: string;
  if (scale) {
    const factor = find(scale, ATTRIBUTE.float)!;
    const own = message(NODE.attribute, [
      text(ATTRIBUTE.name, 'value_float'),
      factor,
      integer(ATTRIBUTE.type, 1),
    ]);
    scaled = add('Mul', [scores, add('Constant', [], at('scale'), own)], at('scaled'));
  } else {
    const size = add('Shape', [q], at('size'), writeAttribute('start', 3));
    const root = add('Sqrt', [add('Cast', [size], at('size_float'), writeAttribute('to', 1))], at('root'));
    scaled = add('Div', [scores, root], at('scaled'));
  }
  const weights = add('Softmax', [scaled], at('weights'), writeAttribute('axis', -1));
  const joined = turned(add('MatMul', [weights, v], at('seen')), 'joined', 0, 2, 1, 3);
  add('Reshape', [joined, constant('join', [0, 0, -1])], output);
  return nodes;
}

/** Dimensions of a ValueInfoProto's tensor: `type.tensor_type.shape.dim`. */
function rankOf(value: readonly Field[]): number {
  const inner = (fields: readonly Field[], number: number) => {
    const field = find(fields, number);
    return field ? readFields(field.bytes) : [];
  };
  return inner(inner(inner(value, VALUE.type), 1), 2).filter(({ number }) => number === 1).length;
}
