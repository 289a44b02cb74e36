import { DOMAIN } from './custom-operator';
import {
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
  type TensorType,
  tensorTypeOf,
  VALUE,
  withOpset,
  writeAttribute,
  writeNode,
  writeTensor,
} from './onnx-graph';
import { type Field, readFields, readInteger, readIntegers } from './onnx-wire';
import { ATTENTION_ATTRIBUTES } from './own-operators-graph';

/**
 * Gives a graph a KV cache of 8 bits: inputs `past_key_values.…` and outputs `present.…`, float16 [1, heads, rows, head size], become bytes
 * [1, heads, rows, head size + 2] (`kernels/quantized-attention.ts` says how they lie), and what writes or reads them an operator of ours (domain `autoglm`, version 1):
 *
 * | operator | inputs | outputs | instead of |
 * | --- | --- | --- | --- |
 * | `QuantizedAttention` | packed qkv, past key, past value, seqlens_k, total_sequence_length, cos?, sin? | y, present key, present value | GroupQueryAttention of packed heads |
 * | `AppendKeyValue` | key, value, past key, past value, seqlens_k, total_sequence_length, cos?, sin? | present key, present value | one with a window of 1 whose result nothing but the next such reads (an encoder's) |
 *
 * Both have the attributes of com.microsoft's, `head_size`, and `turned`, the values of a head that turn.
 */

const ATTENTION = `${MICROSOFT}.GroupQueryAttention`;
const CACHE = 'past_key_values.';
const UINT8 = 2;
/** Bytes of a row beside its codes: a float16 scale. */
export const SCALE_BYTES = 2;

/** What a kernel must be made for. */
export interface AttentionShape {
  readonly heads: number;
  readonly keyHeads: number;
  readonly size: number;
  /** Values of a head that turn with its position. */
  readonly turned: number;
  readonly interleaved: boolean;
  /** Of scores; 0: 1 / √size. */
  readonly scale: number;
}

export interface QuantizedGraph {
  /** The same bytes where it has no cache. */
  readonly model: Uint8Array;
  readonly shapes: readonly AttentionShape[];
}

interface Attention {
  readonly at: number;
  readonly fields: readonly Field[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly appends: boolean;
}

/**
 * Null where something else reads or writes the cache.
 *
 * @throws RangeError where `model` is no ONNX file.
 */
export function withQuantizedCache(model: Uint8Array): QuantizedGraph | null {
  let shapes: readonly AttentionShape[] | null = null;
  const rewritten = rewriteModel(model, (graph) => {
    const result = rewriteGraph(graph);
    shapes = result?.shapes ?? null;
    return result?.graph ?? graph;
  });
  if (shapes === null) return null;
  const { length } = shapes as readonly AttentionShape[];
  return { model: length > 0 ? withOpset(rewritten, DOMAIN, 1) : model, shapes };
}

function rewriteGraph(graph: readonly Field[]): { graph: readonly Field[]; shapes: AttentionShape[] } | null {
  const types = tensorTypes(graph);
  const pasts = new Set([...types.keys()].filter((name) => name.startsWith(CACHE)));
  if (pasts.size === 0) return { graph, shapes: [] };
  const readers = countReaders(graph);
  const attentions = attentionsOf(graph, readers);
  const presents = new Set(attentions.flatMap(({ outputs }) => outputs.slice(1)));
  const taken = attentions.flatMap(({ inputs }) => inputs.slice(3, 5));
  const isWhole =
    taken.length === pasts.size &&
    taken.every((name) => pasts.has(name) && readers.get(name) === 1) &&
    // By the one that takes them out of the graph.
    [...presents].every((name) => types.has(name) && readers.get(name) === 1);
  if (!isWhole) return null;
  const shapes: AttentionShape[] = [];
  const instead = new Map<number, Field>();
  for (const attention of attentions) {
    const shape = shapeOf(attention, types);
    if (!shape) return null;
    shapes.push(shape);
    instead.set(attention.at, write(attention, shape));
  }
  const replaced = graph.map((field, at) => {
    if (field.number !== GRAPH.input && field.number !== GRAPH.output) return instead.get(at) ?? field;
    const name = nameOf(readFields(field.bytes), VALUE.name);
    if (!pasts.has(name) && !presents.has(name)) return field;
    const { shape } = types.get(name)!;
    const bytes = [...shape.slice(0, -1), (shape.at(-1) as number) + SCALE_BYTES];
    return writeTensor(field.number, name, { elementType: UINT8, shape: bytes });
  });
  return { graph: replaced, shapes };
}

/** Those that ours can replace. */
function attentionsOf(graph: readonly Field[], readers: ReadonlyMap<string, number>): Attention[] {
  const found = graph.flatMap((field, at): Attention[] => {
    if (field.number !== GRAPH.node) return [];
    const fields = readFields(field.bytes);
    if (operatorOf(fields) !== ATTENTION) return [];
    const [inputs, outputs] = [names(fields, NODE.input), names(fields, NODE.output)];
    const [query, key, value, , , lengths, total, cos, sin, ...rest] = inputs;
    const appends = Boolean(query && key && value) && integerOf(fields, 'local_window_size') === 1;
    const isPacked = Boolean(query && !key && !value);
    const known = [...ATTENTION_ATTRIBUTES, ...(appends ? ['local_window_size'] : [])];
    const isPlain =
      Boolean(lengths && total) &&
      Boolean(cos) === Boolean(sin) &&
      Boolean(cos) === (integerOf(fields, 'do_rotary') === 1) &&
      rest.every((name) => !name) &&
      outputs.length === 3 &&
      attributeNames(fields).every((name) => known.includes(name));
    return isPlain && (isPacked || appends) ? [{ at, fields, inputs, outputs, appends }] : [];
  });
  // What appends makes a result that is no attention.
  const queries = found.flatMap(({ appends, inputs }) => (appends ? [inputs[0]!] : []));
  return found.filter(({ appends, outputs: [y] }) => {
    const read = queries.filter((query) => query === y).length;
    return !appends || (readers.get(y!) ?? 0) === read;
  });
}

function shapeOf(
  { fields, inputs }: Attention,
  types: ReadonlyMap<string, TensorType>,
): AttentionShape | null {
  const [heads, keyHeads] = [integerOf(fields, 'num_heads'), integerOf(fields, 'kv_num_heads')];
  const [cache, table] = [types.get(inputs[3]!)?.shape, inputs[7] ? types.get(inputs[7])?.shape : [0, 0]];
  const [size, half] = [cache?.at(-1), table?.[1]];
  if (!heads || !keyHeads || cache?.length !== 4 || typeof size !== 'number' || typeof half !== 'number')
    return null;
  const interleaved = integerOf(fields, 'rotary_interleaved') === 1;
  return { heads, keyHeads, size, turned: 2 * half, interleaved, scale: floatOf(fields, 'scale') ?? 0 };
}

function write({ fields, inputs, outputs, appends }: Attention, { size, turned }: AttentionShape): Field {
  const integers = ATTENTION_ATTRIBUTES.flatMap((name) => {
    const value = name === 'scale' ? undefined : integerOf(fields, name);
    return value === undefined ? [] : [writeAttribute(name, value)];
  });
  const scale = floatOf(fields, 'scale');
  return writeNode({
    operator: appends ? 'AppendKeyValue' : 'QuantizedAttention',
    domain: DOMAIN,
    inputs: [...(appends ? inputs.slice(1, 3) : [inputs[0]!]), ...inputs.slice(3, 9).filter((name) => name)],
    outputs: appends ? outputs.slice(1) : outputs,
    attributes: [
      ...integers,
      ...(scale === undefined ? [] : [writeAttribute('scale', { float: scale })]),
      writeAttribute('head_size', size),
      writeAttribute('turned', turned),
    ],
  });
}

/** Of inputs, outputs, initializers and what a Cast makes of one. */
function tensorTypes(graph: readonly Field[]): ReadonlyMap<string, TensorType> {
  const types = new Map(
    graph.flatMap(({ number, bytes }): [string, TensorType][] => {
      if (number === GRAPH.initializer) {
        const fields = readFields(bytes);
        const shape = fields.filter((field) => field.number === TENSOR.dimensions).flatMap(readIntegers);
        const type = find(fields, TENSOR.type);
        return [[nameOf(fields, TENSOR.name), { elementType: type ? readInteger(type) : 0, shape }]];
      }
      if (number !== GRAPH.input && number !== GRAPH.output) return [];
      const fields = readFields(bytes);
      const type = tensorTypeOf(fields);
      return type ? [[nameOf(fields, VALUE.name), type]] : [];
    }),
  );
  for (const { number, bytes } of graph) {
    const fields = number === GRAPH.node ? readFields(bytes) : [];
    const [from, to] = [names(fields, NODE.input)[0], names(fields, NODE.output)[0]];
    const shape = from === undefined ? undefined : types.get(from)?.shape;
    if (operatorOf(fields) === 'Cast' && to !== undefined && shape)
      types.set(to, { elementType: integerOf(fields, 'to') ?? 0, shape });
  }
  return types;
}
