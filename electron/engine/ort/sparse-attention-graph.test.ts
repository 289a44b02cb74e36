import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Graph } from '../../../models/builder/graph';
import type { SparseAttention } from './backend';
import { CpuBackend } from './cpu-backend';
import type { CustomOperator } from './custom-operator';
import { MICROSOFT } from './onnx-graph';
import { withSparseAttention } from './sparse-attention-graph';

const { onnx } = createRequire(import.meta.url)('onnx-proto') as typeof import('onnx-proto');

const folder = mkdtempSync(join(tmpdir(), 'autoglm-sparse-graph-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SPARSE: SparseAttention = {
  headSize: 8,
  k: 64,
  window: 16,
  block: 16,
  queryBlock: 64,
  share: 32,
  minLength: 1024,
};
const [HEADS, WIDTH, ROWS] = [2, 16, 5];

interface Shape {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributes?: Readonly<Record<string, number | { readonly float: number }>>;
}

/** q, k, v -> y, the sum of what two layers make. */
function model({ inputs = [], outputs = [], attributes = {} }: Shape = {}): Uint8Array {
  const graph = new Graph('encoder');
  for (const name of ['q', 'k', 'v']) graph.input(name, 'float32', [1, 'S', WIDTH]);
  graph.output('y', 'float32', [1, 'S', WIDTH]);
  for (const i of [0, 1])
    graph.node(
      'MultiHeadAttention',
      [i === 0 ? 'q' : 'attended.0', 'k', 'v', ...inputs],
      [`attended.${i}`, ...outputs.map((name) => `${name}.${i}`)],
      { domain: MICROSOFT, attributes: { num_heads: HEADS, ...attributes } },
    );
  graph.node('Add', ['attended.0', 'attended.1'], ['y']);
  return graph.serialize();
}

const operatorsOf = (bytes: Uint8Array) =>
  onnx.ModelProto.decode(bytes).graph!.node!.map(({ domain, opType }) => `${domain}.${opType}`);

describe('sparse attention in a graph', () => {
  test('stands where attention of all rows to all did', () => {
    const { graph, opsetImport } = onnx.ModelProto.decode(
      withSparseAttention(model({ attributes: { scale: { float: 0.5 } } }), SPARSE),
    );
    const [first, second, sum] = graph!.node!;
    for (const node of [first!, second!])
      expect(node).toMatchObject({ domain: 'autoglm', opType: 'SparseAttention' });
    expect(first).toMatchObject({ input: ['q', 'k', 'v'], output: ['attended.0'] });
    expect(second).toMatchObject({ input: ['attended.0', 'k', 'v'], output: ['attended.1'] });
    expect(sum!.opType).toBe('Add');
    expect(
      Object.fromEntries(first!.attribute!.map(({ name, i, f }) => [name, name === 'scale' ? f : Number(i)])),
    ).toEqual({
      num_heads: HEADS,
      scale: 0.5,
      head_size: 8,
      k: 64,
      window: 16,
      block: 16,
      query_block: 64,
      share: 32,
      min_length: 1024,
    });
    expect(opsetImport!.map(({ domain }) => domain)).toContain('autoglm');
  });

  test.each<[string, Shape]>([
    ['a bias', { inputs: ['bias'] }],
    ['a mask', { inputs: ['', 'mask'] }],
    ['a cache', { inputs: ['', '', '', 'past.k', 'past.v'], outputs: ['present.k', 'present.v'] }],
    ['a rule of its own', { attributes: { unidirectional: 1 } }],
  ])('is not in the place of one with %s', (_what, shape) => {
    const bytes = model(shape);
    expect(withSparseAttention(bytes, SPARSE)).toBe(bytes);
  });

  test('leaves what stands inside of an If', () => {
    const graph = new Graph('encoder');
    for (const name of ['q', 'k', 'v']) graph.input(name, 'float32', [1, 'S', WIDTH]);
    graph.input('length', 'int64', []);
    const least = graph.constant('least', 'int64', [], [9]);
    graph.node('Greater', ['length', least], ['is_long']);
    graph.output('y', 'float32', [1, 'S', WIDTH]);
    const branch = (name: string) => {
      const body = new Graph(name);
      const options = { domain: MICROSOFT, attributes: { num_heads: HEADS } } as const;
      body.node('MultiHeadAttention', ['q', 'k', 'v'], [`${name}.y`], options);
      body.output(`${name}.y`, 'float32', [1, 'S', WIDTH]);
      return body;
    };
    graph.node('If', ['is_long'], ['y'], {
      attributes: { then_branch: branch('long'), else_branch: branch('short') },
    });
    const bytes = graph.serialize();
    expect(withSparseAttention(bytes, SPARSE)).toBe(bytes);
  });

  test('opens in ONNX Runtime, and its kernels get what it says', async () => {
    const seen: unknown[] = [];
    const operator: CustomOperator = {
      name: 'SparseAttention',
      inputs: Array(3).fill({ type: 'float32' }),
      outputs: [{ type: 'float32' }],
      create(node) {
        seen.push(['num_heads', 'head_size', 'min_length', 'share'].map((name) => node.integer(name)));
        const dense = node.operator(MICROSOFT, 'MultiHeadAttention', 1, {
          attributes: { num_heads: node.integer('num_heads')! },
          inputs: 3,
          outputs: 1,
          types: { T: 'float32' },
        });
        return {
          run(context) {
            context.output(0, context.shape(0));
            context.invoke(dense, [0, 1, 2], [0]);
          },
        };
      },
    };
    const own = {
      operators: [operator],
      rewrite: (bytes: Uint8Array) => withSparseAttention(bytes, SPARSE),
    };
    const path = join(folder, 'encoder.onnx');
    writeFileSync(path, model());
    const [expected, got] = await Promise.all(
      [new CpuBackend(1), new CpuBackend(1, { own })].map(attended(path)),
    );
    expect(operatorsOf(own.rewrite(model()))).toContain('autoglm.SparseAttention');
    expect(seen).toEqual([
      [HEADS, 8, 1024, 32],
      [HEADS, 8, 1024, 32],
    ]);
    expect(got).toEqual(expected);
    expect(Math.max(...got!)).toBeGreaterThan(0.1);
  });
});

/** What a graph gives for made-up rows. */
const attended = (path: string) => async (backend: CpuBackend) => {
  const session = await backend.open(path);
  const [q, k, v] = [1.7, 2.3, 0.9].map((step) => {
    const tensor = backend.buffer('float32', [1, ROWS, WIDTH]);
    tensor.data.forEach((_, i) => {
      tensor.data[i] = Math.sin(i * step);
    });
    return tensor;
  });
  const y = backend.buffer('float32', [1, ROWS, WIDTH]);
  const binding = session.bind({ q: q!, k: k!, v: v! }, { y });
  await binding.run();
  binding.dispose();
  session.dispose();
  backend.dispose();
  return y.data;
};
