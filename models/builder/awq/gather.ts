import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { cut, findTap, type Program, type Segment, schedule, segmentModel } from './program';
import { Accumulator, type Statistics } from './statistics';

export type Feeds = Readonly<Record<string, Tensor>>;

export interface GatherOptions {
  /** Where the program's `weights.data` lies; the segments are written beside it. */
  readonly folder: string;
  readonly program: Program;
  /** Names of the weights whose inputs are wanted, and the width of the Gram matrix's blocks to keep. */
  readonly weights: ReadonlyMap<string, number>;
  /** The program's inputs for each line of the calibration set; made anew each time, so that few are in memory. */
  readonly samples: readonly (() => Feeds | Promise<Feeds>)[];
  /** Tensors of the program that are given back for each sample. */
  readonly outputs?: readonly string[];
  /** Weights of a segment; the whole program is one segment where they fit. */
  readonly segmentBytes: number;
  readonly threads: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Gathered {
  /** By the weight's name. */
  readonly statistics: Map<string, Statistics>;
  /** For each sample what was asked for. */
  readonly outputs: readonly ReadonlyMap<string, Tensor>[];
}

/**
 * Statistics of what each weight multiplies. Segment after segment, every text runs through one before the
 * next is opened: a segment's weights and the texts' rows between two segments are all that is in memory.
 */
export async function gather(options: GatherOptions): Promise<Gathered> {
  const { program, samples, outputs = [] } = options;
  const accumulators = new Map<string, Accumulator>();
  const tensorOf = new Map<string, string>();
  for (const [weight, width] of options.weights) {
    const tap = findTap(program, weight);
    tensorOf.set(weight, tap.tensor);
    const before = accumulators.get(tap.tensor);
    if (!before || before.width < width) accumulators.set(tap.tensor, new Accumulator(tap, width));
  }
  const nodes = schedule(program, [...accumulators.keys(), ...outputs]);
  const segments = cut(program, nodes, options.segmentBytes, outputs);
  const kept: Map<string, Tensor>[] = samples.map(() => new Map());
  let done = 0;
  for (const [i, segment] of segments.entries()) {
    const made = new Set(segment.nodes.flatMap((node) => node.output ?? []));
    const taps = [...accumulators.values()].filter(({ tap }) => made.has(tap.tensor));
    const file = path.join(options.folder, `calibration.${i}.onnx`);
    const session = await open(options, segment, taps, kept[0] ?? new Map(), file);
    try {
      for (const [index, sample] of samples.entries()) {
        await runSample(session, segment, taps, program, await sample(), kept[index]!);
        options.onProgress?.(++done, segments.length * samples.length);
      }
    } finally {
      await session.release();
      rmSync(file);
    }
  }
  const finished = new Map([...accumulators].map(([tensor, sums]) => [tensor, sums.finish()]));
  const statistics = new Map([...tensorOf].map(([weight, tensor]) => [weight, finished.get(tensor)!]));
  return { statistics, outputs: kept };
}

function open(
  { program, threads }: GatherOptions,
  segment: Segment,
  taps: readonly Accumulator[],
  carried: ReadonlyMap<string, Tensor>,
  file: string,
): Promise<InferenceSession> {
  const types = new Map([...carried].map(([name, tensor]) => [name, tensor.type]));
  const parts = taps.map((tap) => tap.nodes());
  const extra = {
    nodes: parts.flatMap((part) => part.nodes),
    initializers: parts.flatMap((part) => part.initializers),
  };
  const outputs = [...segment.outputs, ...taps.flatMap((tap) => Object.values(tap.outputs))];
  writeFileSync(file, segmentModel(program, segment, types, extra, outputs));
  return InferenceSession.create(file, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
}

async function runSample(
  session: InferenceSession,
  segment: Segment,
  taps: readonly Accumulator[],
  program: Program,
  feeds: Feeds,
  kept: Map<string, Tensor>,
): Promise<void> {
  const inputs: Record<string, Tensor> = {};
  for (const name of segment.inputs) {
    const tensor = program.inputs.has(name) ? feeds[name] : kept.get(name);
    if (!tensor) throw new RangeError(`the calibration has no value for the graph's input ${name}`);
    inputs[name] = tensor;
  }
  const out = await session.run(inputs);
  for (const name of segment.released) kept.delete(name);
  for (const name of segment.outputs) kept.set(name, out[name]!);
  for (const tap of taps) {
    const { magnitude, gram, tokens } = tap.outputs;
    tap.add(
      out[magnitude]!.data as Float32Array,
      out[gram]!.data as Float32Array,
      Number((out[tokens]!.data as BigInt64Array)[0]),
    );
  }
}
