import { dirname, resolve, sep } from 'node:path';
import {
  bodiesOf,
  find,
  GRAPH,
  integerOf,
  MODEL,
  NODE,
  nameOf,
  names,
  operatorOf,
  TENSOR,
  VALUE,
} from './onnx-graph';
import { type Field, readFields, readInteger, readIntegers } from './onnx-wire';

/** Fields of onnx.proto that only tensors outside of the graph's file have. */
const DATA = { entry: 13, location: 14 };
const ENTRY = { key: 1, value: 2 };
/** `TensorProto.DataLocation` */
const EXTERNAL = 1;

/** Bytes of an element by `TensorProto.DataType`; others are left to ONNX Runtime. */
const ELEMENT_BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 1, 10: 2 };

/** Smaller ones are not worth a tensor of their own, and may be shapes or constants that the processor reads. */
export const SMALLEST_BYTES = 64 << 10;

/** A part of a file. */
export interface FileRange {
  /** Absolute path. */
  readonly file: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** An initializer whose data lies in a file beside the graph. */
export interface ExternalInitializer extends FileRange {
  readonly name: string;
  /** `TensorProto.DataType` */
  readonly type: number;
  readonly shape: readonly number[];
}

/**
 * Inputs that CUDA's kernels read on the device as they are: by source of ONNX Runtime 1.29 no optimization replaces them under their name (the
 * transpose optimizer, which does that, knows none of these operators) and no kernel packs them again. Whatever else reads weights keeps its own.
 */
const READ_IN_PLACE: Readonly<Record<string, readonly number[]>> = {
  // codes, scales, zero points, bias
  'com.microsoft.MatMulNBits': [1, 2, 3, 5],
  // codes, scales, zero points
  'com.microsoft.GatherBlockQuantized': [0, 2, 3],
  'com.microsoft.FusedMatMul': [1],
  Gather: [0],
};

/** Weights in CUDA's own order: the kernel keeps the codes where they are, but makes its own copy of the rest. */
const READ_IN_PLACE_PREPACKED: readonly number[] = [1, 5];

/**
 * Large initializers that sessions may be given tensors for, instead of each reading its own: outside of the file, and read by nothing but
 * operators that take them as they are.
 *
 * @param path of the graph's file, relative to which its data is found.
 * @throws RangeError where `model` is no ONNX file.
 */
export function sharedInitializers(
  model: Uint8Array,
  path: string,
  smallestBytes = SMALLEST_BYTES,
): ExternalInitializer[] {
  const graph = find(readFields(model), MODEL.graph);
  if (!graph) throw new RangeError('The model has no graph.');
  const fields = readFields(graph.bytes);
  const parts = (wanted: number) =>
    fields.filter(({ number }) => number === wanted).map(({ bytes }) => readFields(bytes));
  const others = new Set(parts(GRAPH.node).flatMap(readOtherwise));
  // What a caller may replace, or is given as a result.
  for (const value of [...parts(GRAPH.input), ...parts(GRAPH.output)]) others.add(nameOf(value, VALUE.name));
  const folder = dirname(resolve(path));
  return parts(GRAPH.initializer)
    .map((tensor) => externalInitializer(tensor, folder))
    .filter((found) => found !== null)
    .filter(({ name, bytes }) => bytes >= smallestBytes && !others.has(name));
}

/** Values that a node reads in another way than `READ_IN_PLACE`. */
function readOtherwise(node: readonly Field[]): string[] {
  const inPlace = integerOf(node, 'weight_prepacked')
    ? READ_IN_PLACE_PREPACKED
    : (READ_IN_PLACE[operatorOf(node)] ?? []);
  return [...names(node, NODE.input).filter((_, i) => !inPlace.includes(i)), ...readInSubgraphs(node)];
}

/** All that nodes inside of an `If`, `Loop` or `Scan` read, which may be values from outside. */
function readInSubgraphs(node: readonly Field[]): string[] {
  return bodiesOf(node)
    .flat()
    .filter(({ number }) => number === GRAPH.node)
    .map(({ bytes }) => readFields(bytes))
    .flatMap((inner) => [...names(inner, NODE.input), ...readInSubgraphs(inner)]);
}

/** Null for what lies inside of the graph's file, or is described in a way that is not ours to understand. */
function externalInitializer(tensor: readonly Field[], folder: string): ExternalInitializer | null {
  const location = find(tensor, DATA.location);
  const typeField = find(tensor, TENSOR.type);
  const name = nameOf(tensor, TENSOR.name);
  if (!location || readInteger(location) !== EXTERNAL || !typeField || !name) return null;
  const type = readInteger(typeField);
  const entries = new Map(
    tensor
      .filter(({ number }) => number === DATA.entry)
      .map(({ bytes }) => readFields(bytes))
      .map((entry) => [nameOf(entry, ENTRY.key), nameOf(entry, ENTRY.value)]),
  );
  const shape = tensor.filter(({ number }) => number === TENSOR.dimensions).flatMap(readIntegers);
  const bytes = shape.reduce((a, b) => a * b, 1) * (ELEMENT_BYTES[type] ?? 0);
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? bytes);
  const file = resolve(folder, entries.get('location') ?? '');
  const isSound =
    bytes > 0 &&
    length === bytes &&
    Number.isSafeInteger(offset) &&
    offset >= 0 &&
    file.startsWith(folder + sep);
  return isSound ? { name, type, shape, file, offset, bytes } : null;
}
