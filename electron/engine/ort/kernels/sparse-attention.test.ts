import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  planEncoder,
  sparseSelfAttention,
} from '../../../../models/builder/families/autoglm-phone/sparse/encoder';
import { relativeError } from '../../../../models/builder/families/testing';
import { Graph } from '../../../../models/builder/graph';
import { inputAt, outputAt, RecordingGpu, STREAM } from '../../testing/cuda';
import { createArray, type SparseAttention } from '../backend';
import { CpuBackend } from '../cpu-backend';
import type { Pointer } from '../ffi';
import { fromFloat16Bits, toFloat16Bits } from '../float16';
import { draws } from './made-up';
import type { Argument, Launch } from './modules';
import { CudaOperators } from './operators';
import { sparseReference } from './sparse-attention-check';
import { chosenBlocks } from './sparse-kernels';

const SPARSE: SparseAttention = {
  headSize: 64,
  k: 64,
  window: 16,
  block: 16,
  queryBlock: 64,
  share: 16,
  minLength: 1024,
};
const HEADS = 8;

/** How what the check sees is wrong. */
type Fault = 'reads all blocks' | 'forgets the window' | 'forgets a head' | 'makes no numbers' | 'fails';

/** A GPU that records, and attends sparsely where its memory is JavaScript's: what the check has put there. */
class AttendingGpu extends RecordingGpu {
  readonly #memory = new Map<Pointer, Uint16Array<ArrayBuffer>>();
  readonly #fault: Fault | undefined;

  constructor(fault?: Fault) {
    super();
    this.#fault = fault;
  }

  readonly withMemory = () => {
    const options = this.options();
    const { allocate } = options.driver;
    const driver = {
      ...options.driver,
      allocate: (bytes: number) => {
        const address = allocate(bytes);
        this.#memory.set(address, createArray('float16', bytes / 2));
        return address;
      },
      copyToDevice: (target: Pointer, halves: Uint16Array) => this.#memory.get(target)!.set(halves),
      copyToHost: (target: Uint16Array, source: Pointer) => target.set(this.#memory.get(source)!),
    } as typeof options.driver;
    return { ...options, driver };
  };

  protected override launched(name: string, launch: Launch, args: readonly Argument[]): void {
    const { stream, ...at } = launch;
    if (stream === STREAM) {
      super.launched(name, launch, args);
      return;
    }
    this.events.push({ kernel: name, at, args });
    if (this.#fault === 'fails') throw new Error('The driver would not.');
    if (name === 'attend_blocks') this.#attend(args as never);
  }

  #attend([y, q, k, v, , rows, heads, chosen, window]: [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    number,
    number,
    number,
    number,
  ]): void {
    const [atQ, atK, atV] = [q, k, v].map((at) => this.#memory.get(at)!);
    const headSize = atQ!.length / rows / heads;
    const sparse = { ...SPARSE, headSize, k: 16, window };
    expect(chosenBlocks(sparse, rows)).toBe(chosen);
    const faulty = {
      ...sparse,
      ...(this.#fault === 'reads all blocks' && { k: rows }),
      ...(this.#fault === 'forgets the window' && { window: 0, k: 48 }),
    };
    const seen = sparseReference(faulty, heads, atQ!, atK!, atV!);
    if (this.#fault === 'forgets a head')
      for (let i = 0; i < seen.length; i++) if (i % (heads * headSize) < headSize) seen[i] = 0;
    if (this.#fault === 'makes no numbers') seen[seen.length - 1] = Number.NaN;
    this.#memory.get(y)!.set(Array.from(seen, toFloat16Bits));
  }
}

async function attention(sparse: Partial<SparseAttention> = {}, gpu = new AttendingGpu(), scale?: number) {
  const operators = new CudaOperators({ ...gpu.withMemory(), promptPrecision: 'float16' });
  const operator = operators.operators.find(({ name }) => name === 'SparseAttention')!;
  const {
    headSize: head_size,
    queryBlock: query_block,
    minLength: min_length,
    ...rest
  } = {
    ...SPARSE,
    ...sparse,
  };
  const attributes = { num_heads: HEADS, head_size, query_block, min_length, ...rest };
  const kernel = operator.create(gpu.node(attributes, { floats: scale === undefined ? {} : { scale } }));
  await operators.ready();
  /** @returns what it took, by name; `gpu.events` has it whole. */
  const run = (rows: number, { batch = 1, width = HEADS * head_size } = {}) => {
    gpu.events = [];
    kernel.run(gpu.context(Array(3).fill([batch, rows, width])));
    return gpu.events.map((event) =>
      'kernel' in event ? event.kernel : 'operator' in event && event.operator,
    );
  };
  return { gpu, operators, run };
}

const OURS = ['block_means', 'attend_blocks'];
const DENSE = ['MultiHeadAttention'];

describe('sparse attention', () => {
  test('is ours from its least length on, after it was tried once', async () => {
    const { gpu, run } = await attention();
    expect(run(1023)).toEqual(DENSE);
    expect(run(1024)).toEqual([...OURS, ...OURS]);
    expect(run(1500)).toEqual(OURS);
    expect(run(17)).toEqual(DENSE);
    expect(gpu.refused).toEqual([]);
    expect(gpu.operator('MultiHeadAttention')).toEqual({
      attributes: { num_heads: HEADS },
      inputs: 3,
      outputs: 1,
      types: { T: 'float16', QK: 'float16' },
    });
  });

  test.each([
    ['a batch of two', { batch: 2 }],
    ['other heads', { width: 2 * HEADS * 64 }],
  ])('is ORT’s for %s', async (_what, shape) => {
    const { run } = await attention();
    expect(run(2048, shape)).toEqual(DENSE);
  });

  test('is ORT’s where the blocks’ scores have no room', async () => {
    const gpu = new AttendingGpu();
    gpu.sharedBytes = 64 << 10;
    const { run } = await attention({ headSize: 128 }, gpu);
    expect(run(4096)).toEqual([...OURS, ...OURS]);
    expect(run(65_536)).toEqual(DENSE);
  });

  test.each([
    [64, 0.25, 4 * 64 * 128, 32],
    [128, undefined, 4 * 32 * 256, 63],
  ])(
    'of heads of %i: a thread for eight values of a mean, then a block for each 64 queries',
    async (headSize, scale, tiles, means) => {
      const { gpu, run } = await attention({ headSize }, undefined, scale);
      run(2000);
      run(2011);
      // 125 whole blocks; ceil(125 / 16) + 7 of them are seen.
      const [first, second] = gpu.events;
      const at = first && 'kernel' in first ? first.args[0] : 0n;
      expect(gpu.allocated.get(at as Pointer)).toBe(2 * 125 * HEADS * headSize);
      expect(first).toEqual({
        kernel: 'block_means',
        at: { blocks: [means], threads: 256 },
        args: [at, inputAt(1), HEADS, 125],
      });
      expect(second).toEqual({
        kernel: 'attend_blocks',
        at: { blocks: [32, HEADS], threads: 128, shared: tiles + 8 * 125 + 16 },
        args: [
          ...[outputAt(0), inputAt(0), inputAt(1), inputAt(2), at, 2011, HEADS, 15, 16],
          { float: scale ?? 1 / Math.sqrt(headSize) },
        ],
      });
    },
  );

  test.each<Fault>(['reads all blocks', 'forgets the window', 'forgets a head', 'makes no numbers', 'fails'])(
    'is ORT’s from then on where ours %s',
    async (fault) => {
      const gpu = new AttendingGpu(fault);
      const { run, operators } = await attention({}, gpu);
      expect(run(1024).at(-1)).toBe(DENSE[0]);
      expect(run(1024)).toEqual(DENSE);
      expect(gpu.refused).toEqual([expect.stringMatching(/^sparse attention with heads of 64: /)]);
      operators.dispose();
      expect(gpu.allocated.size).toBe(0);
    },
  );
});

const folder = mkdtempSync(join(tmpdir(), 'autoglm-sparse-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The same by the builder's graph of ONNX's operators, which is tested against PyTorch. */
async function byGraph(
  sparse: SparseAttention,
  heads: number,
  rows: readonly Uint16Array[],
): Promise<Float32Array> {
  const { headSize, queryBlock: query_block, minLength: min_length, ...rest } = sparse;
  const width = heads * headSize;
  const graph = new Graph('attention');
  for (const name of ['q', 'k', 'v']) graph.input(name, 'float32', [1, 'n', width]);
  graph.output('out', 'float32', [1, 'n', width]);
  graph.node('Shape', ['q'], ['rows'], { attributes: { start: 1, end: 2 } });
  const c = {
    graph,
    activation: 'float32',
    heads,
    headSize,
    sparse: { ...rest, query_block, min_length },
  } as const;
  const made = sparseSelfAttention(c, planEncoder(c, 'rows'), { q: 'q', k: 'k', v: 'v' }, 'layer');
  graph.node('Identity', [made], ['out']);
  const path = join(folder, 'attention.onnx');
  writeFileSync(path, graph.serialize());
  const backend = new CpuBackend(1);
  const session = await backend.open(path);
  const shape = [1, rows[0]!.length / width, width];
  const [q, k, v] = rows.map((halves) => {
    const tensor = backend.buffer('float32', shape);
    tensor.data.set(Array.from(halves, fromFloat16Bits));
    return tensor;
  });
  const out = backend.buffer('float32', shape);
  await session.bind({ q: q!, k: k!, v: v! }, { out }).run();
  session.dispose();
  return out.data;
}

describe('what the check expects', () => {
  test.each([
    ['the check’s own rows', 213, { k: 16 }],
    ['those of heads of 128', 213, { k: 16, headSize: 128 }],
    ['a window of another width', 200, { k: 16, window: 40 }],
    ['as many as there are', 150, {}],
  ])('is what the graph of ONNX’s operators makes: %s', async (_what, rows, changed) => {
    const sparse = { ...SPARSE, ...changed, minLength: 16 };
    const draw = draws();
    const [q, k, v] = Array.from({ length: 3 }, () =>
      createArray('float16', rows * 2 * sparse.headSize).map(() => draw()),
    );
    const expected = sparseReference(sparse, 2, q!, k!, v!);
    expect(relativeError(await byGraph(sparse, 2, [q!, k!, v!]), Float32Array.from(expected))).toBeLessThan(
      1e-4,
    );
  });
});
