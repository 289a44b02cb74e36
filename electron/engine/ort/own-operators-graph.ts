import { DOMAIN } from './custom-operator';
import {
  type AttributeValue,
  attributeNames,
  bodiesOf,
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
  VALUE,
  writeAttribute,
  writeNode,
  writeOpset,
} from './onnx-graph';
import { type Field, readFields, readInteger, writeFields } from './onnx-wire';

/**
 * Puts our own operators (domain `autoglm`, version 1) into a decoder's graph, in the place of products by quantized weights:
 *
 * | operator | inputs | outputs | attributes |
 * | --- | --- | --- | --- |
 * | `MatMulNBits` | x, codes, scales, bias? | y, product? | K, N, bits, block_size, accuracy_level, activation? |
 * | `GatedMatMulNBits` | x, gate's codes, gate's scales, up's codes, up's scales | y, gate?, up? | K, N, bits, block_size, accuracy_level |
 *
 * `y` of the first is x Wᵀ + bias, with `activation` 1 its Gelu, x (1 + erf(x / √2)) / 2; of the second silu(x Gᵀ) * (x Uᵀ). The outputs
 * behind `y` are room for a kernel that goes step by step; nobody reads them, and one that is not asked for takes no memory. The
 * bias comes right behind the scales, since ORT infers no types past a gap.
 *
 * Taken are com.microsoft's MatMulNBits of 4 or 8 bits in blocks of 32, 64 or 128, in plain order, without zero points or g_idx, and no others. A
 * value that anything else reads, or that leaves the graph, stays: then only the products are replaced.
 *
 * What stands between the products of a layer, for a later fusion (`SkipNorm` is SkipSimplifiedLayerNormalization of com.microsoft with an
 * `epsilon`, whose outputs are (norm of the sum, –, –, the sum); weights are Casts of float32 initializers, which ORT folds):
 *
 * - glm4v, o_proj to gate and up: `SkipNorm(layers.i.attention, zeros, post_self_attn_layernorm)` → `layers.i.attention_normed`, read by
 *   `SkipNorm(residual, layers.i.attention_normed, post_attention_layernorm)` → `layers.i.mlp_input`, read by gate and up, and
 *   `layers.i.residual_1`. `residual` is `embedded_with_images` in the first layer, then `layers.(i-1).residual_2`. Where the
 *   package was made without `summing-norms`, the first is `SimplifiedLayerNormalization(layers.i.attention, …)` (`axis` -1, `epsilon`).
 * - glm4v, down_proj to the next QKV: `SkipNorm(layers.i.mlp_output, zeros, post_mlp_layernorm)` → `layers.i.mlp_normed`, read by
 *   `SkipNorm(layers.i.residual_1, layers.i.mlp_normed, the next input_layernorm)` → `layers.(i+1).normed`, read by the QKV product, and
 *   `layers.i.residual_2`, read by the next layer's second SkipNorm. After the last layer the weight is `norm`, the output
 *   `decoder.output`, read by Gather (or Slice, with `drafts`), and the sum is left out.
 *   `zeros` is `Sub(embedded_with_images, embedded_with_images)`, once a run.
 * - autoglm-phone, o_proj to fc1: `SkipNorm(residual, decoder.layers.i.attention, post_attention_layernorm)` →
 *   `decoder.layers.i.post_normed`, read by fc1, and `decoder.layers.i.residual_1`; `residual` is `embedded`, then
 *   `decoder.layers.(i-1).residual_2`.
 * - autoglm-phone, fc2 to the next QKV: `SkipNorm(decoder.layers.i.residual_1, decoder.layers.i.fc2, the next input_layernorm)` →
 *   `decoder.layers.(i+1).normed`, read by QKV, and `decoder.layers.i.residual_2`; at the end `decoder.norm`, `decoder.output`, no sum.
 * - before the first layer of both: `SimplifiedLayerNormalization(embedded…, input_layernorm)` → `layers.0.normed`, read by QKV.
 */

const PRODUCT = `${MICROSOFT}.MatMulNBits`;
const SIZES = ['K', 'N', 'bits', 'block_size', 'accuracy_level'] as const;
const BLOCK_SIZES = [32, 64, 128];
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

/**
 * A model's bytes with our operators in it; the same bytes where it has none of what they replace.
 *
 * @param activation type of the products' inputs and outputs. The tests' is float32, for which the processor has them.
 * @throws RangeError where `model` is no ONNX file.
 */
export function withOwnOperators(
  model: Uint8Array,
  activation: keyof typeof ELEMENT_TYPE = 'float16',
): Uint8Array {
  let changed = false;
  const rewritten = rewriteModel(model, (graph) => {
    const replaced = rewriteGraph(graph, ELEMENT_TYPE[activation]);
    changed = replaced !== graph;
    return replaced;
  });
  return changed ? writeFields([...readFields(rewritten), writeOpset(DOMAIN, 1)]) : model;
}

function rewriteGraph(graph: readonly Field[], elementType: number): readonly Field[] {
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
  if (!plain || (bits !== 4 && bits !== 8) || !BLOCK_SIZES.includes(block_size) || K % block_size !== 0)
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
  return writeOwn(
    'MatMulNBits',
    [x, codes, scales, ...(bias ? [bias] : [])],
    activation === undefined ? [output] : [output, `${output}.product`],
    { ...sizes, ...(activation !== undefined && { activation }) },
  );
}

const writeGated = (gate: Product, up: Product, output: string): Field =>
  writeOwn(
    'GatedMatMulNBits',
    [gate.x, gate.codes, gate.scales, up.codes, up.scales],
    [output, `${output}.gate`, `${output}.up`],
    gate.sizes,
  );

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

/** How often each value is read, by nodes, by the bodies inside of them, and as an output of the graph. */
function countReaders(graph: readonly Field[]): ReadonlyMap<string, number> {
  const readers = new Map<string, number>();
  const count = (name: string) => readers.set(name, (readers.get(name) ?? 0) + 1);
  const countIn = (inner: readonly Field[]) => {
    for (const { number, bytes } of inner) {
      if (number === GRAPH.output) count(nameOf(readFields(bytes), VALUE.name));
      if (number !== GRAPH.node) continue;
      const fields = readFields(bytes);
      names(fields, NODE.input).forEach(count);
      bodiesOf(fields).forEach(countIn);
    }
  };
  countIn(graph);
  return readers;
}
