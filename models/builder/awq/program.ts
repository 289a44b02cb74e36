import type { onnx as Onnx } from 'onnx-proto';
import { onnx } from '../onnx-proto';

export type Node = Onnx.INodeProto;
export type Initializer = Onnx.ITensorProto;

/** One or several graphs of a package as one list of nodes, each graph's names under a prefix: `encoder/input_ids`. */
export interface Program {
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Initializer>;
  readonly inputs: ReadonlyMap<string, Onnx.IValueInfoProto>;
  readonly version: Pick<Onnx.IModelProto, 'irVersion' | 'opsetImport'>;
}

/**
 * Joins graphs. `wires` maps an input of one to the output of another that it takes: `decoder/past_key_values.0.key` to
 * `encoder/present.0.key`.
 */
export function joinGraphs(
  graphs: Readonly<Record<string, Uint8Array>>,
  wires: ReadonlyMap<string, string> = new Map(),
): Program {
  const nodes: Node[] = [];
  const initializers = new Map<string, Initializer>();
  const inputs = new Map<string, Onnx.IValueInfoProto>();
  let version: Program['version'] = {};
  for (const [prefix, bytes] of Object.entries(graphs)) {
    const { graph, irVersion, opsetImport } = onnx.ModelProto.decode(bytes);
    version = { irVersion, opsetImport };
    const under = (name: string) => (name === '' ? '' : `${prefix}/${name}`);
    const taken = (name: string) => wires.get(under(name)) ?? under(name);
    for (const node of graph?.node ?? []) {
      // Its names would have to be followed into the branches.
      if (node.attribute?.some(({ g }) => g)) throw new RangeError(`${node.name} has a graph of its own`);
      nodes.push({
        ...node,
        name: under(node.name ?? ''),
        input: node.input?.map(taken),
        output: node.output?.map(under),
      });
    }
    for (const tensor of graph?.initializer ?? []) {
      const name = under(tensor.name ?? '');
      initializers.set(name, { ...tensor, name });
    }
    for (const input of graph?.input ?? []) {
      const name = under(input.name ?? '');
      if (!wires.has(name)) inputs.set(name, { ...input, name });
    }
  }
  return { nodes, initializers, inputs, version };
}

/** The activations that a matrix multiplies, and how many columns it has. */
export interface Tap {
  readonly tensor: string;
  readonly columns: number;
}

/**
 * Where `weight` (a matrix [rows, columns] of the program) gets its input. A row picked from a sequence stands for the sequence:
 * the logits of every position are worth as much to a calibration as the last one's.
 *
 * @throws RangeError when no product reads the weight.
 */
export function findTap({ nodes, initializers }: Program, weight: string): Tap {
  const product = nodes.find((node) => node.opType === 'FusedMatMul' && node.input?.[1] === weight);
  const columns = Number(initializers.get(weight)?.dims?.[1]);
  const input = product?.input?.[0];
  if (!input || !(columns > 0)) throw new RangeError(`no product reads ${weight}`);
  const source = nodes.find((node) => node.output?.includes(input));
  const picked = source?.opType === 'Gather' && initializers.has(source.input?.[1] ?? '');
  return { tensor: (picked && source.input?.[0]) || input, columns };
}

/**
 * The nodes that `targets` need, each as late as its first use allows: what a layer needs of another graph is computed just before
 * the layer and not kept from the start.
 */
export function schedule(program: Program, targets: readonly string[]): Node[] {
  const producers = new Map<string, Node>();
  for (const node of program.nodes)
    for (const output of node.output ?? []) if (output) producers.set(output, node);
  const needed = new Set<Node>();
  const mark = [...targets];
  for (let name = mark.pop(); name !== undefined; name = mark.pop()) {
    const node = producers.get(name);
    if (!node || needed.has(node)) continue;
    needed.add(node);
    mark.push(...(node.input ?? []));
  }
  const done = new Set<Node>();
  const order: Node[] = [];
  const emit = (node: Node): void => {
    // Iterative: a model of 50 layers is a chain of thousands of nodes.
    const stack = [node];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const missing = (top.input ?? [])
        .map((name) => producers.get(name))
        .filter((before): before is Node => before !== undefined && !done.has(before));
      if (missing.length > 0 && !done.has(top)) {
        stack.push(...missing.reverse());
        continue;
      }
      stack.pop();
      if (!done.has(top)) order.push(top);
      done.add(top);
    }
  };
  // The last graph pulls from the others.
  const lastPrefix = program.nodes.at(-1)?.name?.split('/')[0];
  const own = program.nodes.filter((node) => node.name?.split('/')[0] === lastPrefix);
  for (const node of [...own, ...program.nodes]) if (needed.has(node) && !done.has(node)) emit(node);
  return order;
}

/** Consecutive nodes that run as one session. */
export interface Segment {
  readonly nodes: readonly Node[];
  /** Tensors from outside: graph inputs, or outputs of earlier segments. */
  readonly inputs: readonly string[];
  /** What later segments read. */
  readonly outputs: readonly string[];
  /** Inputs that no later segment reads. */
  readonly released: readonly string[];
}

/** Cuts nodes where a segment's weights would exceed `maxBytes`. `wanted` are tensors that are read when all segments have run. */
export function cut(
  program: Program,
  nodes: readonly Node[],
  maxBytes: number,
  wanted: readonly string[] = [],
): Segment[] {
  const parts: Node[][] = [[]];
  let seen = new Set<string>();
  let bytes = 0;
  for (const node of nodes) {
    const weights = (node.input ?? []).filter((name) => program.initializers.has(name) && !seen.has(name));
    const more = weights.reduce((sum, name) => sum + weightBytes(program.initializers.get(name)!), 0);
    if (bytes > 0 && bytes + more > maxBytes) {
      parts.push([]);
      seen = new Set();
      bytes = 0;
    }
    for (const name of weights) seen.add(name);
    bytes += more;
    parts.at(-1)!.push(node);
  }
  const inputsOf = parts.map((part) => {
    const made = new Set(part.flatMap((node) => node.output ?? []));
    const read = new Set(part.flatMap((node) => node.input ?? []));
    return [...read].filter((name) => name !== '' && !made.has(name) && !program.initializers.has(name));
  });
  return parts.map((part, i) => {
    const later = new Set([...inputsOf.slice(i + 1).flat(), ...wanted]);
    const outputs = part.flatMap((node) => node.output ?? []).filter((name) => later.has(name));
    const inputs = inputsOf[i]!;
    return { nodes: part, inputs, outputs, released: inputs.filter((name) => !later.has(name)) };
  });
}

function weightBytes(tensor: Initializer): number {
  const length = tensor.externalData?.find((entry) => entry.key === 'length')?.value;
  return length ? Number(length) : 0;
}

/** TensorProto.DataType by onnxruntime-node's names. */
const ELEMENT: Readonly<Record<string, number>> = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 };

/**
 * A segment as an ONNX file. `carried` gives the element type of the inputs that are no inputs of the program; `extra` nodes and
 * outputs are appended.
 */
export function segmentModel(
  program: Program,
  segment: Segment,
  carried: ReadonlyMap<string, string>,
  extra: { readonly nodes: readonly Node[]; readonly initializers: readonly Initializer[] },
  outputs: readonly string[],
): Uint8Array {
  const nodes = [...segment.nodes, ...extra.nodes];
  const read = new Set(nodes.flatMap((node) => node.input ?? []));
  const input = segment.inputs.map((name): Onnx.IValueInfoProto => {
    const declared = program.inputs.get(name);
    if (declared) return declared;
    const elemType = ELEMENT[carried.get(name) ?? ''];
    if (elemType === undefined) throw new RangeError(`tensor ${name} has no known type`);
    return { name, type: { tensorType: { elemType } } };
  });
  const model = onnx.ModelProto.create({
    ...program.version,
    producerName: 'autoglm-desktop',
    graph: {
      name: 'calibration',
      node: nodes,
      initializer: [
        ...[...program.initializers].filter(([name]) => read.has(name)).map(([, t]) => t),
        ...extra.initializers,
      ],
      input,
      // ONNX Runtime infers the types of outputs.
      output: outputs.map((name) => ({ name })),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}
