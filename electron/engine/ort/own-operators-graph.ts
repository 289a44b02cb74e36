import { DOMAIN } from './custom-operator';
import {
  type AttributeValue,
  attributeNames,
  countReaders,
  find,
  floatOf,
  GRAPH,
  integerOf,
  MICROSOFT,
  NODE,
  nameOf,
  names,
  operatorOf,
  rewriteModel,
  TENSOR,
  withOpset,
  writeAttribute,
  writeNode,
} from './onnx-graph';
import { type Field, readFields, readInteger } from './onnx-wire';

/**
 * Puts our own operators (domain `autoglm`, version 1) into a decoder's graph, in the place of what a token spends its time in:
 *
 * | operator | inputs | outputs | attributes |
 * | --- | --- | --- | --- |
 * | `MatMulNBits` | x, codes, scales, bias? | y | K, N, bits, block_size, accuracy_level, activation? |
 * | `GatedMatMulNBits` | x, gate's codes, gate's scales, up's codes, up's scales | y | K, N, bits, block_size, accuracy_level |
 * | `AddNorm` | x, residual, outer weight, inner weight? | y, sum | epsilon, inner_epsilon? |
 * | `GroupQueryAttention` | packed qkv, past key, past value, seqlens_k, total_sequence_length, cos?, sin? | y, present key, present value | as of com.microsoft |
 * | `ArgMax` | x of one row | y, int64 [1, 1] | |
 *
 * `y` of the first is x Wᵀ + bias, with `activation` 1 its Gelu, x (1 + erf(x / √2)) / 2; of the second silu(x Gᵀ) * (x Uᵀ); of the third the
 * norm of sum = residual + x, or residual + norm(x) where there is an inner weight. What may be
 * left out comes last, since ORT infers no types past a gap.
 *
 * Taken are com.microsoft's MatMulNBits of 4 or 8 bits in blocks of 32, 64 or 128, in plain order, without zero points or g_idx;
 * SkipSimplifiedLayerNormalization without a bias, with the norm of its second input, where that is a SimplifiedLayerNormalization or the summing
 * form of one (the builder's `summing-norms`, a sum with zeros); GroupQueryAttention of packed heads over a cache, without windows, masks or
 * the like. A value that anything else reads, or that leaves the graph, stays.
 */

const PRODUCT = `${MICROSOFT}.MatMulNBits`;
const SIZES = ['K', 'N', 'bits', 'block_size', 'accuracy_level'] as const;
const BLOCK_SIZES = [32, 64, 128];
const ADD_NORM = `${MICROSOFT}.SkipSimplifiedLayerNormalization`;
const NORM = 'SimplifiedLayerNormalization';
const ATTENTION = `${MICROSOFT}.GroupQueryAttention`;
export const ATTENTION_ATTRIBUTES = ['num_heads', 'kv_num_heads', 'do_rotary', 'rotary_interleaved', 'scale'];
/** `activation` of a product. */
const GELU = 1;

/** `TensorProto.DataType` of the scales, and so of activations. */
const ELEMENT_TYPE = { float16: 10, float32: 1 } as const;

interface Node {
  readonly at: number;
  readonly fields: readonly Field[];
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

interface Product {
  readonly node: Node;
  readonly x: string;
  readonly codes: string;
  readonly scales: string;
  readonly bias: string | undefined;
  readonly y: string;
  readonly sizes: Readonly<Record<(typeof SIZES)[number], number>>;
}

/** What may be taken out of a graph. `products` are taken with any of the others but `sparse`, which is sparse-attention-graph.ts's. */
export type OwnParts = readonly ('products' | 'norms' | 'attention' | 'choice' | 'sparse')[];

/**
 * A model's bytes with our operators in it; the same bytes where it has none of what they replace.
 *
 * @param activation type of the products' inputs and outputs. The tests' is float32, for which the processor has them.
 * @throws RangeError where `model` is no ONNX file.
 */
export function withOwnOperators(
  model: Uint8Array,
  activation: keyof typeof ELEMENT_TYPE = 'float16',
  parts: OwnParts = ['products', 'norms', 'attention', 'choice'],
): Uint8Array {
  let changed = false;
  const rewritten = rewriteModel(model, (graph) => {
    const replaced = rewriteGraph(graph, ELEMENT_TYPE[activation], parts);
    changed = replaced !== graph;
    return replaced;
  });
  return changed ? withOpset(rewritten, DOMAIN, 1) : model;
}

function rewriteGraph(graph: readonly Field[], elementType: number, parts: OwnParts): readonly Field[] {
  const nodes = graph.flatMap((field, at): Node[] => {
    if (field.number !== GRAPH.node) return [];
    const fields = readFields(field.bytes);
    const [inputs, outputs] = [names(fields, NODE.input), names(fields, NODE.output)];
    return [{ at, fields, operator: operatorOf(fields), inputs, outputs }];
  });
  const types = elementTypes(graph, nodes);
  const products = new Map<string, Product>();
  for (const node of nodes) {
    const product = productOf(node);
    if (product && types.get(product.scales) === elementType) products.set(product.y, product);
  }
  if (products.size === 0) return graph;

  const readers = countReaders(graph);
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  /** The product of a value that this one node reads and nobody else. */
  const only = (name: string | undefined): Product | undefined =>
    name !== undefined && readers.get(name) === 1 ? products.get(name) : undefined;
  /** By place in the graph: what stands there instead, or null where nothing does any more. */
  const instead = new Map<number, Field | null>();
  const fuse = (into: Node, written: Field, ...gone: readonly Node[]) => {
    for (const { at } of gone) instead.set(at, null);
    instead.set(into.at, written);
  };

  const zeros: string[] = [];
  for (const node of nodes) {
    if (node.operator === `${MICROSOFT}.Gelu`) {
      const product = only(node.inputs[0]);
      if (product) fuse(node, writeProduct(product, node.outputs[0]!, GELU), product.node);
    } else if (node.operator === 'Mul') {
      const [silu, other] = siluAndOther(node, producers, readers);
      const [gate, up] = [only(silu?.inputs[0]), only(other)];
      if (silu && gate && up && samePlan(gate, up))
        fuse(node, writeGated(gate, up, node.outputs[0]!), gate.node, up.node, silu);
    }
  }
  for (const node of nodes) {
    const sum = parts.includes('norms') && addNormOf(node, types, elementType);
    if (sum) {
      const made = innerNormOf(sum.x, producers, readers);
      const inner = made && types.get(made.weight) === elementType ? made : undefined;
      fuse(node, writeAddNorm(sum, inner), ...(inner ? [inner.node] : []));
      if (inner?.zeros) zeros.push(inner.zeros);
    } else if (parts.includes('attention') && isPackedAttention(node)) fuse(node, writeAttention(node));
    const choice = parts.includes('choice') && choiceOf(node, producers, readers);
    if (choice) fuse(node, writeOwn('ArgMax', [choice.x], node.outputs, {}), ...choice.gone);
  }
  // Zeros that only the fused norms read.
  for (const name of new Set(zeros)) {
    const producer = producers.get(name);
    if (producer && readers.get(name) === zeros.filter((other) => other === name).length)
      instead.set(producer.at, null);
  }
  for (const product of products.values())
    if (!instead.has(product.node.at)) instead.set(product.node.at, writeProduct(product, product.y));
  return graph.flatMap((field, at) => {
    const replacement = instead.get(at);
    return replacement === undefined ? [field] : replacement === null ? [] : [replacement];
  });
}

/** A node as a product that ours can replace. */
function productOf(node: Node): Product | undefined {
  if (node.operator !== PRODUCT) return undefined;
  const [x, codes, scales, zeroPoints, groups, bias] = node.inputs;
  if (!x || !codes || !scales || zeroPoints || groups) return undefined;
  // An attribute that is not known here may mean another order of the codes.
  const known = [...SIZES, 'weight_prepacked'] as readonly string[];
  if (attributeNames(node.fields).some((name) => !known.includes(name))) return undefined;
  const [K, N] = [integerOf(node.fields, 'K'), integerOf(node.fields, 'N')];
  const [bits = 4, block_size] = [integerOf(node.fields, 'bits'), integerOf(node.fields, 'block_size')];
  if (K === undefined || N === undefined || block_size === undefined) return undefined;
  const plain = (integerOf(node.fields, 'weight_prepacked') ?? 0) === 0;
  if (
    !plain ||
    (bits !== 4 && bits !== 8) ||
    !BLOCK_SIZES.includes(block_size) ||
    K % block_size !== 0 ||
    N % 2 !== 0
  )
    return undefined;
  const accuracy_level = integerOf(node.fields, 'accuracy_level') ?? 0;
  const sizes = { K, N, bits, block_size, accuracy_level };
  return { node, x, codes, scales, bias: bias || undefined, y: node.outputs[0]!, sizes };
}

/** Of a Mul: the node of its factor silu(x) = x sigmoid(x), which nobody else reads, and the name of its other factor. */
function siluAndOther(
  { inputs: [a, b] }: Node,
  producers: ReadonlyMap<string, Node>,
  readers: ReadonlyMap<string, number>,
): [Node | undefined, string | undefined] {
  const isSilu = (name: string | undefined): name is string => {
    const producer = name === undefined ? undefined : producers.get(name);
    return (
      producer?.operator === `${MICROSOFT}.QuickGelu` &&
      readers.get(name!) === 1 &&
      floatOf(producer.fields, 'alpha') === 1
    );
  };
  if (isSilu(a)) return [producers.get(a), b];
  return isSilu(b) ? [producers.get(b), a] : [undefined, undefined];
}

/** Whether one kernel can read both as it reads one. */
const samePlan = (gate: Product, up: Product): boolean =>
  gate.y !== up.y &&
  gate.x === up.x &&
  !gate.bias &&
  !up.bias &&
  SIZES.every((name) => gate.sizes[name] === up.sizes[name]);

function writeProduct(product: Product, output: string, activation?: number): Field {
  const { x, codes, scales, bias, sizes } = product;
  return writeOwn('MatMulNBits', [x, codes, scales, ...(bias ? [bias] : [])], [output], {
    ...sizes,
    ...(activation !== undefined && { activation }),
  });
}

const writeGated = (gate: Product, up: Product, output: string): Field =>
  writeOwn('GatedMatMulNBits', [gate.x, gate.codes, gate.scales, up.codes, up.scales], [output], gate.sizes);

interface SumAndNorm {
  readonly node: Node;
  readonly x: string;
  readonly residual: string;
  readonly weight: string;
  readonly epsilon: number;
}

interface InnerNorm {
  readonly node: Node;
  readonly x: string;
  readonly weight: string;
  readonly epsilon: number;
  /** What a summing norm adds. */
  readonly zeros?: string;
}

function addNormOf(
  node: Node,
  types: ReadonlyMap<string, number>,
  elementType: number,
): SumAndNorm | undefined {
  if (node.operator !== ADD_NORM || node.outputs[1] || node.outputs[2]) return undefined;
  const [residual, x, weight, ...rest] = node.inputs;
  if (!residual || !x || !weight || rest.some((name) => name)) return undefined;
  return types.get(weight) === elementType
    ? { node, x, residual, weight, epsilon: epsilonOf(node) }
    : undefined;
}

/** The norm that makes `name`, where nobody else reads it. */
function innerNormOf(
  name: string,
  producers: ReadonlyMap<string, Node>,
  readers: ReadonlyMap<string, number>,
): InnerNorm | undefined {
  const node = producers.get(name);
  if (!node || readers.get(name) !== 1 || node.outputs[0] !== name) return undefined;
  if (node.outputs.slice(1).some((other) => other)) return undefined;
  const [x, second, third, ...rest] = node.inputs;
  if (node.operator === NORM && x && second && third === undefined && integerOf(node.fields, 'axis') === -1)
    return { node, x, weight: second, epsilon: epsilonOf(node) };
  if (node.operator !== ADD_NORM || !x || !second || !third || rest.length > 0) return undefined;
  const zeros = producers.get(second);
  const isZero = zeros?.operator === 'Sub' && zeros.inputs[0] === zeros.inputs[1];
  return isZero ? { node, x, weight: third, epsilon: epsilonOf(node), zeros: second } : undefined;
}

/** What the builder's `argMax` writes (models/builder/next-tokens.ts), by its last node: the largest of each group, the group, the place in it. */
function choiceOf(
  { operator, inputs }: Node,
  producers: ReadonlyMap<string, Node>,
  readers: ReadonlyMap<string, number>,
): { readonly x: string; readonly gone: readonly Node[] } | undefined {
  /** The node that makes `name`, where it is such a one and so many read it. */
  const from = (name: string | undefined, wanted: string, read = 1): Node | undefined => {
    const node = name === undefined ? undefined : producers.get(name);
    return node?.operator === wanted && readers.get(name!) === read ? node : undefined;
  };
  if (operator !== 'Add') return undefined;
  const start = from(inputs[0], 'Mul');
  const column = from(inputs[1], 'ArgMax');
  const row = from(column?.inputs[0], 'Gather');
  const group = from(row?.inputs[1], 'ArgMax', 2);
  const largest = from(group?.inputs[0], 'ReduceMax');
  const grouped = from(largest?.inputs[0], 'Reshape', 2);
  if (!start || !column || !row || !group || !largest || !grouped) return undefined;
  if (start.inputs[0] !== group.outputs[0] || row.inputs[0] !== grouped.outputs[0]) return undefined;
  return { x: grouped.inputs[0]!, gone: [start, column, row, group, largest, grouped] };
}

/** ONNX Runtime's default where it is left out. */
const epsilonOf = (node: Node): number => floatOf(node.fields, 'epsilon') ?? 1e-5;

function writeAddNorm({ node, x, residual, weight, epsilon }: SumAndNorm, inner?: InnerNorm): Field {
  const y = node.outputs[0]!;
  return writeOwn(
    'AddNorm',
    inner ? [inner.x, residual, weight, inner.weight] : [x, residual, weight],
    [y, node.outputs[3] || `${y}.sum`],
    { epsilon: { float: epsilon }, ...(inner && { inner_epsilon: { float: inner.epsilon } }) },
  );
}

function isPackedAttention(node: Node): boolean {
  const [qkv, key, value, pastKey, pastValue, lengths, total, cos, sin, ...rest] = node.inputs;
  return (
    node.operator === ATTENTION &&
    Boolean(qkv && !key && !value && pastKey && pastValue && lengths && total) &&
    Boolean(cos) === Boolean(sin) &&
    Boolean(cos) === (integerOf(node.fields, 'do_rotary') === 1) &&
    rest.every((name) => !name) &&
    node.outputs.length === 3 &&
    attributeNames(node.fields).every((name) => ATTENTION_ATTRIBUTES.includes(name))
  );
}

function writeAttention({ inputs, outputs, fields }: Node): Field {
  const scale = floatOf(fields, 'scale');
  const integers = ATTENTION_ATTRIBUTES.filter((name) => name !== 'scale').flatMap((name) => {
    const value = integerOf(fields, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const attributes = {
    ...Object.fromEntries(integers),
    ...(scale !== undefined && { scale: { float: scale } }),
  };
  const given = [inputs[0]!, ...inputs.slice(3, 9).filter((name) => name)];
  return writeOwn('GroupQueryAttention', given, outputs, attributes);
}

const writeOwn = (
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>>,
): Field =>
  writeNode({
    operator,
    domain: DOMAIN,
    inputs,
    outputs,
    attributes: Object.entries(attributes).map(([name, value]) => writeAttribute(name, value)),
  });

/** `TensorProto.DataType` of initializers and of what a Cast makes of something. */
function elementTypes(graph: readonly Field[], nodes: readonly Node[]): ReadonlyMap<string, number> {
  const initializers = graph.flatMap((field): [string, number][] => {
    if (field.number !== GRAPH.initializer) return [];
    const tensor = readFields(field.bytes);
    const type = find(tensor, TENSOR.type);
    return [[nameOf(tensor, TENSOR.name), type ? readInteger(type) : 0]];
  });
  const casts = nodes.flatMap(({ operator, fields, outputs }): [string, number][] =>
    operator === 'Cast' ? [[outputs[0]!, integerOf(fields, 'to') ?? 0]] : [],
  );
  return new Map([...initializers, ...casts]);
}
