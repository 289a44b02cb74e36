import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Graph } from '../../../models/builder/graph';
import { CpuBackend } from './cpu-backend';
import { type CustomOperator, DOMAIN, type Kernel, type NodeInfo } from './custom-operator';
import { koffi } from './ffi';
import { GRAPH, MICROSOFT, NODE, nameOf, rewriteModel, writeOpset } from './onnx-graph';
import { type Field, message, readFields, text, writeFields } from './onnx-wire';

const folder = mkdtempSync(join(tmpdir(), 'autoglm-operator-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nodes of `com.microsoft` become ours; builder graphs know no other domain. */
function rewrite(model: Uint8Array): Uint8Array {
  const renamed = rewriteModel(model, (graph) =>
    graph.map((field) => (field.number === GRAPH.node ? ours(readFields(field.bytes)) : field)),
  );
  return writeFields([...readFields(renamed), writeOpset(DOMAIN, 1)]);
}

const ours = (node: readonly Field[]): Field =>
  message(
    GRAPH.node,
    nameOf(node, NODE.domain) === MICROSOFT
      ? [...node.filter(({ number }) => number !== NODE.domain), text(NODE.domain, DOMAIN)]
      : node,
  );

const [K, N, BLOCK] = [64, 48, 32];
const f32 = { type: 'float32' } as const;
const u8 = { type: 'uint8' } as const;

/** y = x Wᵀ by ORT's own operators; with a bias, as its fourth input, added. */
function product(observe?: Partial<Record<'create' | 'run' | 'dispose', () => void>>): CustomOperator {
  return {
    name: 'MatMulNBits',
    inputs: [f32, u8, f32, { type: 'float32', optional: true }],
    outputs: [f32],
    create(node: NodeInfo): Kernel {
      observe?.create?.();
      const attributes = Object.fromEntries(
        ['K', 'N', 'bits', 'block_size', 'accuracy_level'].map((name) => {
          const value = node.integer(name);
          if (value === undefined) throw new Error(`MatMulNBits without ${name}.`);
          return [name, value];
        }),
      );
      const multiply = node.operator(MICROSOFT, 'MatMulNBits', 1, {
        attributes,
        inputs: 3,
        outputs: 1,
        types: { T1: 'float32', T2: 'uint8', T3: 'float32' },
      });
      const add = node.operator('', 'Add', 14, { inputs: 2, outputs: 1, types: { T: 'float32' } });
      return {
        run(context) {
          observe?.run?.();
          const shape = context.shape(0);
          context.output(0, [...shape.slice(0, -1), attributes.N!]);
          context.invoke(multiply, [0, 1, 2], [0]);
          if (context.has(3)) context.invoke(add, [{ output: 0 }, 3], [0]);
        },
        dispose: () => observe?.dispose?.(),
      };
    },
  };
}

interface Shape {
  readonly bias?: boolean;
  readonly without?: string;
  /** Of the bias in the graph: ORT's own operator has it behind two inputs more. */
  readonly own?: boolean;
  readonly operator?: string;
}

function model({ bias, without, own, operator = 'MatMulNBits' }: Shape = {}): Uint8Array {
  const graph = new Graph('product');
  graph.input('x', 'float32', [1, 'T', K]);
  graph.input('codes', 'uint8', [N, K / BLOCK, BLOCK / 2]);
  graph.input('scales', 'float32', [N, K / BLOCK]);
  if (bias) graph.input('bias', 'float32', [N]);
  graph.output('y', 'float32', [1, 'T', N]);
  const attributes: Record<string, number> = { K, N, bits: 4, block_size: BLOCK, accuracy_level: 1 };
  if (without) delete attributes[without];
  const added = bias ? (own ? ['bias'] : ['', '', 'bias']) : [];
  graph.node(operator, ['x', 'codes', 'scales', ...added], ['y'], { domain: MICROSOFT, attributes });
  return graph.serialize();
}

let files = 0;
function written(bytes: Uint8Array): string {
  const path = join(folder, `${files++}.onnx`);
  writeFileSync(path, bytes);
  return path;
}

async function open(backend: CpuBackend, bytes: Uint8Array, rows = 3) {
  const session = await backend.open(written(bytes));
  const inputs = {
    x: backend.buffer('float32', [1, rows, K]),
    codes: backend.buffer('uint8', [N, K / BLOCK, BLOCK / 2]),
    scales: backend.buffer('float32', [N, K / BLOCK]),
    bias: backend.buffer('float32', [N]),
  };
  inputs.x.data.forEach((_, i) => {
    inputs.x.data[i] = Math.sin(i * 1.7);
  });
  inputs.codes.data.forEach((_, i) => {
    inputs.codes.data[i] = (i * 37) & 255;
  });
  inputs.scales.data.forEach((_, i) => {
    inputs.scales.data[i] = 0.01 + (i % 7) / 100;
  });
  inputs.bias.data.forEach((_, i) => {
    inputs.bias.data[i] = i - 20;
  });
  const y = backend.buffer('float32', [1, rows, N]);
  const bound = (withBias: boolean) => {
    const { bias, ...rest } = inputs;
    return session.bind(withBias ? { ...rest, bias } : rest, { y });
  };
  return { session, y, bound };
}

const withOperators = (...operators: CustomOperator[]) =>
  new CpuBackend(1, { own: { operators, rewrite }, prepacking: false });

describe('an operator of our own', () => {
  test.each([false, true])("gives what ORT's own gives, which it runs; with a bias: %s", async (bias) => {
    const reference = new CpuBackend(1, { prepacking: false });
    const expected = await open(reference, model({ bias }));
    expected.bound(bias).run();
    const backend = withOperators(product());
    const actual = await open(backend, model({ bias, own: true }));
    actual.bound(bias).run();
    expect(new Set(actual.y.data).size).toBeGreaterThan(100);
    if (bias) {
      // The bias is added afterwards here, inside of the sum there.
      for (const [i, value] of actual.y.data.entries()) expect(value).toBeCloseTo(expected.y.data[i]!, 5);
    } else expect([...actual.y.data]).toEqual([...expected.y.data]);
    for (const { session } of [expected, actual]) session.dispose();
    reference.dispose();
    backend.dispose();
  });

  test('is made and run from other threads, and ends with its session', async () => {
    const counts = { create: 0, run: 0, dispose: 0 };
    const count = (what: keyof typeof counts) => () => {
      counts[what]++;
    };
    const backend = withOperators(
      product({ create: count('create'), run: count('run'), dispose: count('dispose') }),
    );
    const sessions = await Promise.all([open(backend, model()), open(backend, model())]);
    expect(counts).toEqual({ create: 2, run: 0, dispose: 0 });
    const bindings = sessions.map(({ bound }) => bound(false));
    await Promise.all(bindings.map((binding) => binding.runAsync()));
    expect([...sessions[1]!.y.data]).toEqual([...sessions[0]!.y.data]);
    expect(sessions[0]!.y.data.some((value) => value !== 0)).toBe(true);
    bindings[0]!.run();
    for (const binding of bindings) binding.dispose();
    sessions[0]!.session.dispose();
    expect(counts).toEqual({ create: 2, run: 3, dispose: 1 });
    const again = sessions[1]!.bound(false);
    again.run();
    again.dispose();
    sessions[1]!.session.dispose();
    expect(counts).toEqual({ create: 2, run: 4, dispose: 2 });
    const { callbacks } = koffi.stats();
    backend.dispose();
    expect(koffi.stats().callbacks).toBe(callbacks - 12);
  });

  test('may compute in JavaScript, and is told what its node has', async () => {
    const seen: Record<string, unknown> = {};
    const scaled: CustomOperator = {
      name: 'QuickGelu',
      inputs: [f32, { type: 'float32', optional: true, host: true }],
      outputs: [f32, { type: 'int64', optional: true }],
      create(node) {
        const factor = node.float('alpha')!;
        Object.assign(seen, { factor, none: node.integer('none'), notFloat: node.float('count') });
        Object.assign(seen, { count: node.integer('count'), size: [node.inputCount, node.outputCount] });
        return {
          run(context) {
            const shape = context.shape(0);
            const values = shape.reduce((a, b) => a * b);
            Object.assign(seen, { shape, has: context.has(1), stream: context.stream() });
            const x = koffi.decode(context.address(0), 'float', values) as number[];
            const y = context.output(0, shape);
            koffi.encode(
              y,
              'float',
              [...x].map((value) => value * factor),
              values,
            );
            seen.refused = refusalOf(() => context.output(1, [1]));
            seen.missing = refusalOf(() => context.address(1));
          },
        };
      },
    };
    const graph = new Graph('scaled');
    graph.input('x', 'float32', [2, 'T']);
    graph.output('y', 'float32', [2, 'T']);
    graph.node('QuickGelu', ['x'], ['y'], {
      domain: 'com.microsoft',
      attributes: { alpha: { float: 2.5 }, count: -7 },
    });
    const backend = withOperators(scaled);
    const session = await backend.open(written(graph.serialize()));
    const [x, y] = [backend.buffer('float32', [2, 3]), backend.buffer('float32', [2, 3])];
    x.data.set([1, 2, 3, 4, 5, 6]);
    session.bind({ x }, { y }).run();
    expect([...y.data]).toEqual([2.5, 5, 7.5, 10, 12.5, 15]);
    expect(seen).toEqual({
      factor: 2.5,
      count: -7,
      none: undefined,
      notFloat: undefined,
      size: [1, 1],
      shape: [2, 3],
      has: false,
      stream: 0n,
      refused: 'The node leaves output 1 out.',
      missing: 'The node leaves input 1 out.',
    });
    session.dispose();
    backend.dispose();
  });

  test('that throws gives an ordinary error, and the next run is a new one', async () => {
    let fail = true;
    const run = () => {
      if (fail) throw new Error('the kernel could not be launched');
    };
    const backend = withOperators(product({ run }));
    const { session, bound, y } = await open(backend, model());
    const binding = bound(false);
    const refused = { code: 'engine-failed', message: expect.stringContaining('could not be launched') };
    expect(() => binding.run()).toThrow(expect.objectContaining(refused));
    await expect(binding.runAsync()).rejects.toMatchObject(refused);
    fail = false;
    binding.run();
    expect(y.data.some((value) => value !== 0)).toBe(true);
    session.dispose();
    backend.dispose();
  });

  test('that cannot be made gives its reason, as does one that nobody has', async () => {
    let disposed = 0;
    const backend = withOperators(product({ dispose: () => disposed++ }), {
      ...product(),
      name: 'NotOurs',
      create: (node) => {
        node.operator('', 'Nonsense', 1, { inputs: 1, outputs: 1 });
        throw new Error('unreachable');
      },
    });
    const opening = (shape: Shape) => backend.open(written(model(shape)));
    await expect(opening({ without: 'bits' })).rejects.toThrow(/MatMulNBits without bits/);
    await expect(opening({ operator: 'NotOurs' })).rejects.toThrow(/Nonsense version 1 .*Kernel not found/);
    await expect(opening({ operator: 'Unknown' })).rejects.toThrow(/Unknown/);
    expect(disposed).toBe(0);
    (await opening({})).dispose();
    expect(disposed).toBe(1);
    backend.dispose();
  });

  test('costs less of this thread than 20 µs a call', async () => {
    const backend = withOperators({
      name: 'MatMulNBits',
      inputs: [f32, u8, f32],
      outputs: [f32],
      // What a kernel of CUDA asks for before it is launched.
      create: () => ({
        run(context) {
          const shape = context.shape(0);
          for (let i = 0; i < 3; i++) context.address(i);
          context.output(0, [shape[0]!, shape[1]!, N]);
          context.stream();
        },
      }),
    });
    const graph = new Graph('many');
    graph.input('x0', 'float32', [1, 'T', K]);
    graph.input('codes', 'uint8', [N, K / BLOCK, BLOCK / 2]);
    graph.input('scales', 'float32', [N, K / BLOCK]);
    const NODES = 200;
    for (let i = 0; i < NODES; i++) {
      graph.node('MatMulNBits', ['x0', 'codes', 'scales'], [`y${i}`], { domain: MICROSOFT });
      graph.output(`y${i}`, 'float32', [1, 'T', N]);
    }
    const session = await backend.open(written(graph.serialize()));
    const inputs = {
      x0: backend.buffer('float32', [1, 1, K]),
      codes: backend.buffer('uint8', [N, K / BLOCK, BLOCK / 2]),
      scales: backend.buffer('float32', [N, K / BLOCK]),
    };
    const outputs = Object.fromEntries(
      Array.from({ length: NODES }, (_, i) => [`y${i}`, backend.buffer('float32', [1, 1, N])]),
    );
    const binding = session.bind(inputs, outputs);
    for (let i = 0; i < 20; i++) binding.run();
    const before = process.cpuUsage();
    const RUNS = 50;
    for (let i = 0; i < RUNS; i++) binding.run();
    const { user, system } = process.cpuUsage(before);
    const each = (user + system) / RUNS / NODES;
    expect(each).toBeLessThan(20);
    session.dispose();
    backend.dispose();
  });
});

function refusalOf(work: () => unknown): string {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return error instanceof RangeError ? error.message : 'another error';
  }
}
