import { executionOrder } from './execution-order';
import { bytesOf, countOf, type GraphNode, infer, integer, readGraph, type Value } from './graph-shapes';

/** One request to an arena, or its end. */
export interface MemoryEvent {
  readonly kind: 'take' | 'give';
  /** The value, or the node with `#` where it is scratch memory. */
  readonly name: string;
  readonly bytes: number;
}

/** Reads what they are given under another shape. */
const VIEWS = ['Reshape', 'Squeeze', 'Unsqueeze'];
/** May write where they read (`MayInplace` of their CUDA kernels). */
const IN_PLACE = ['Gelu', 'Add', 'Sub', 'Mul', 'Log', 'Cos', 'Sin', 'Clip', 'Floor'];

/**
 * What one run of a graph asks of ONNX Runtime's arena on CUDA, without memory patterns. Inputs, outputs and weights are not in it: they are
 * bound or lie elsewhere. A value that no node reads stays until the run ends; one whose numbers shapes follow from is the processor's.
 *
 * @param sizes of dimensions known only at run time, by name.
 */
export function memoryEvents(model: Uint8Array, sizes: Readonly<Record<string, number>>): MemoryEvent[] {
  const graph = readGraph(model, sizes);
  const values = new Map<string, Value>([...graph.initializers, ...graph.inputs]);
  // Of the text's length some shapes follow.
  if (sizes.S !== undefined && values.has('total_sequence_length'))
    values.set('total_sequence_length', { type: 6, shape: [], values: [sizes.S] });
  const folded = new Set(graph.initializers.keys());
  const readers = new Map<string, number>();
  for (const { input } of graph.nodes)
    for (const name of new Set(input)) readers.set(name, (readers.get(name) ?? 0) + 1);
  const buffers = new Map<string, Buffer>();
  const events: MemoryEvent[] = [];

  for (const node of executionOrder(graph.nodes)) {
    const [inputs, outputs] = [node.input ?? [], node.output ?? []];
    const given = inputs.map((name) => values.get(name));
    const made = infer(node, given);
    for (const [i, name] of outputs.entries()) if (name) values.set(name, made[i]!);
    // Casts of weights are made when the session is.
    if (node.opType === 'Cast' && folded.has(inputs[0]!)) {
      folded.add(outputs[0]!);
      continue;
    }
    for (const [i, name] of outputs.entries()) {
      if (!name || graph.outputs.has(name) || made[i]!.values || node.opType === 'Shape') continue;
      const bytes = bytesOf(made[i]!);
      const readBy = readers.get(name) ?? 0;
      const from = sharedBuffer(node, bytes, buffers, readers);
      if (from) {
        from.readers += readBy;
        buffers.set(name, from);
      } else {
        buffers.set(name, { name, bytes, readers: readBy });
        events.push({ kind: 'take', name, bytes });
      }
    }
    const scratch = scratchOf(node, given).map((bytes, i) => ({ name: `${outputs[0]}#${i}`, bytes }));
    for (const kind of ['take', 'give'] as const) events.push(...scratch.map((each) => ({ kind, ...each })));
    for (const name of new Set(inputs)) {
      readers.set(name, readers.get(name)! - 1);
      const buffer = buffers.get(name);
      if (buffer && --buffer.readers === 0)
        events.push({ kind: 'give', name: buffer.name, bytes: buffer.bytes });
    }
  }
  return [...events, ...leftOver(events)];
}

interface Buffer {
  readonly name: string;
  readonly bytes: number;
  readers: number;
}

/** The memory of an input that the node's output takes over. */
function sharedBuffer(
  { opType, input }: GraphNode,
  bytes: number,
  buffers: ReadonlyMap<string, Buffer>,
  readers: ReadonlyMap<string, number>,
): Buffer | undefined {
  if (VIEWS.includes(opType!)) return buffers.get(input![0]!);
  if (!IN_PLACE.includes(opType!)) return undefined;
  const last = input!.find((name) => {
    const buffer = buffers.get(name);
    return buffer?.bytes === bytes && buffer.readers === 1 && readers.get(name) === 1;
  });
  return last === undefined ? undefined : buffers.get(last);
}

/** Rows from which MatMulNBits makes the weights float16 and multiplies by cuBLAS. */
const MANY_ROWS = 16;
/** `cudnn_conv_use_max_workspace` 0. */
const CONVOLUTION_BYTES = 32 << 20;

/** Memory that CUDA's kernels ask for while they run, as far as it is large. */
function scratchOf(node: GraphNode, x: readonly (Value | undefined)[]): number[] {
  const { shape = [] } = x[0] ?? {};
  switch (node.opType) {
    case 'MatMulNBits':
      return countOf(shape.slice(0, -1)) > MANY_ROWS ? [2 * integer(node, 'N') * integer(node, 'K')] : [];
    case 'MultiHeadAttention':
      return [4 * shape[1]! * integer(node, 'num_heads')];
    case 'GroupQueryAttention':
      // Query and key turned, and the softmax's sums.
      return [2 * countOf(shape), 2 * countOf(shape), 4 * shape[1]! * integer(node, 'num_heads')];
    case 'Conv':
      return [CONVOLUTION_BYTES];
    default:
      return [];
  }
}

function leftOver(events: readonly MemoryEvent[]): MemoryEvent[] {
  const left = new Map<string, number>();
  for (const { kind, name, bytes } of events) {
    if (kind === 'take') left.set(name, bytes);
    else left.delete(name);
  }
  return [...left].map(([name, bytes]) => ({ kind: 'give', name, bytes }));
}

/** The most that is alive at once, and what it is, the largest first. */
export function peakOf(events: readonly MemoryEvent[]) {
  const alive = new Map<string, number>();
  let sum = 0;
  let peak = { bytes: 0, alive: [] as (readonly [name: string, bytes: number])[] };
  for (const { kind, name, bytes } of events) {
    if (kind === 'give') alive.delete(name);
    else alive.set(name, bytes);
    sum += kind === 'give' ? -bytes : bytes;
    if (sum > peak.bytes) peak = { bytes: sum, alive: [...alive] };
  }
  peak.alive.sort(([, a], [, b]) => b - a);
  return peak;
}
