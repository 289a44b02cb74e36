import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { buildFixture, fixtureFolder } from '../../../fixture-packages';
import { Graph } from '../../../graph';
import type { Activation } from '../../../layers';
import { relativeError } from '../../testing';
import { type Config, ConfigSchema, loadConfig, type SparseAttention } from '../config';
import { Runner } from '../runner';
import { planEncoder, sparseSelfAttention } from './encoder';

/** The sparse graphs against PyTorch: fixtures written by models/train/fixtures_sparse.py. */

interface Case {
  readonly input_ids: number[];
  readonly decoder_ids: number[];
  readonly logits: number[][];
  readonly key_1: number[][][];
  readonly dense: boolean;
}

const fixture = fixtureFolder('tiny');
const { cases, sparse_attention } = JSON.parse(readFileSync(path.join(fixture, 'sparse.json'), 'utf8')) as {
  cases: Case[];
  sparse_attention: SparseAttention;
};
const plain = loadConfig(path.join(fixture, 'config.json'));
const config = ConfigSchema.parse({ ...plain, sparse_attention });
const temporary = mkdtempSync(path.join(tmpdir(), 'autoglm-sparse-'));
afterAll(() => rmSync(temporary, { recursive: true }));

function build(config: Config, name: string, sparse: readonly Activation[] = ['float32', 'float16']): string {
  const out = path.join(temporary, name);
  // The fixture's matrices are float16, so this package holds exactly its weights.
  buildFixture('tiny', out, { config, precision: 'fp16', sparse });
  return out;
}

describe('a package with sparse attention', () => {
  const folder = build(config, 'sparse');

  test('names its graphs in the manifest, and the weights are stored once', () => {
    const manifest = JSON.parse(readFileSync(path.join(folder, 'autoglm.json'), 'utf8'));
    expect(manifest.architecture.sparse_attention).toEqual(sparse_attention);
    expect(manifest.graphs.cpu.files['decoder.sparse']).toBe('decoder.sparse.fp32.onnx');
    expect(manifest.graphs.cuda.files['decoder.sparse']).toBe('decoder.sparse.fp16.onnx');
    const bytes = (name: string) => statSync(path.join(folder, name)).size;
    expect(bytes('decoder.sparse.fp32.onnx')).toBeLessThan(bytes('weights.data') / 5);
  });

  test.each([
    ['float32', 1e-4],
    ['float16', 0.03],
  ] as const)('%s: keys and logits are those of PyTorch', async (activation: Activation, tolerance) => {
    const runner = await Runner.load(folder, config, 224, activation);
    for (const reference of cases) {
      await runner.encode(reference.input_ids);
      expect(relativeError(runner.cacheRows(1, 'key'), reference.key_1.flat(2))).toBeLessThan(tolerance);
      for (const [t, token] of reference.decoder_ids.entries()) {
        const { logits, nextToken } = await runner.decode([token]);
        expect(relativeError(logits, reference.logits[t]!)).toBeLessThan(tolerance);
        expect(nextToken).toBe(logits.indexOf(logits.reduce((a, b) => Math.max(a, b))));
      }
    }
    await runner.release();
  });

  // Below min_length the same graphs attend densely.
  const later = { ...config, sparse_attention: { ...sparse_attention, min_length: 78 } };
  test.each([
    ['dense', plain],
    ['later', later],
  ])('a %s package differs exactly where keys are left out', async (name, other) => {
    const runner = await Runner.load(build(other, name), other, 224);
    expect(new Set(cases.map((c) => c.dense))).toEqual(new Set([true, false]));
    for (const reference of cases) {
      await runner.encode(reference.input_ids);
      const { logits } = await runner.decode(reference.decoder_ids.slice(0, 1));
      expect(relativeError(logits, reference.logits[0]!) < 1e-4).toBe(reference.dense);
    }
    await runner.release();
  });
});

test('a kind of graph that is not to be sparse is dense, whatever the configuration', () => {
  const folder = build(config, 'cpu-alone', ['float32']);
  const { graphs } = JSON.parse(readFileSync(path.join(folder, 'autoglm.json'), 'utf8'));
  expect(graphs.cpu.files['decoder.sparse']).toBe('decoder.sparse.fp32.onnx');
  expect(graphs.cuda.files).not.toHaveProperty('decoder.sparse');
  const size = (name: string) => statSync(path.join(folder, name)).size;
  expect(size('encoder.fp16.onnx')).toBeLessThan(size('encoder.fp32.onnx') / 1.5);
});

/** Attention alone: q, k, v [1, n, 32] of two heads. */
function attention(sparse: SparseAttention | null): Uint8Array {
  const graph = new Graph('attention');
  for (const name of ['q', 'k', 'v']) graph.input(name, 'float32', [1, 'n', 32]);
  graph.output('out', 'float32', [1, 'n', 32]);
  if (sparse) {
    const c = { graph, activation: 'float32', heads: 2, headSize: 16, sparse } as const;
    graph.node('Shape', ['q'], ['rows'], { attributes: { start: 1, end: 2 } });
    const out = sparseSelfAttention(c, planEncoder(c, 'rows'), { q: 'q', k: 'k', v: 'v' }, 'layer');
    graph.node('Identity', [out], ['out']);
  } else {
    const options = { domain: 'com.microsoft', attributes: { num_heads: 2 } } as const;
    graph.node('MultiHeadAttention', ['q', 'k', 'v'], ['out'], options);
  }
  return graph.serialize();
}

async function attend(graph: Uint8Array, n: number): Promise<Float32Array> {
  const session = await InferenceSession.create(graph, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const rows = (seed: number) => {
    const values = Float32Array.from({ length: n * 32 }, (_, i) => Math.sin(i * 12.9898 + seed) * 3);
    return new Tensor('float32', values, [1, n, 32]);
  };
  const { out } = await session.run({ q: rows(1), k: rows(2), v: rows(3) });
  await session.release();
  return out!.data as Float32Array;
}

// 2500 rows are ten scans, the last not full; 16 a single block.
test.each([16, 17, 130, 2500])('attention to %i rows is dense when k reaches them all', async (n) => {
  const sparse = { k: 2500, window: 16, block: 16, query_block: 64, share: 16, min_length: 16 };
  const expected = await attend(attention(null), n);
  expect(relativeError(await attend(attention(sparse), n), [...expected])).toBeLessThan(1e-4);
});

test('a configuration that no graph could be made of is refused', () => {
  const odd = { ...config, sparse_attention: { ...sparse_attention, block: 16, query_block: 40 } };
  const short = { ...config, sparse_attention: { ...sparse_attention, min_length: 2 } };
  expect(ConfigSchema.safeParse(odd).error?.issues[0]?.message).toContain('multiple of block');
  expect(ConfigSchema.safeParse(short).error?.issues[0]?.message).toContain('at least block');
});
