import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { buildFixture } from '../../../../models/builder/fixture-packages';
import { AppError } from '../../../contract/errors';
import { ManifestSchema } from '../../../contract/manifest';
import type { ElementType } from '../../ort/backend';
import { CpuBackend } from '../../ort/cpu-backend';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { cacheBytes } from '../kv-cache';
import { autoglmPhone } from './model';

/** What a family does with a backend that has caches of 8 bits; attention over them: `ort/quantized-cache-graph.test.ts`. */

const folder = path.join(mkdtempSync(path.join(tmpdir(), 'autoglm-quantized-')), 'package');
buildFixture('tiny', folder);
const manifest = ManifestSchema.parse(JSON.parse(readFileSync(path.join(folder, 'autoglm.json'), 'utf8')));
afterAll(() => rmSync(path.dirname(folder), { recursive: true }));

class Quantizing extends CpuBackend {
  /** Graphs that it was asked about. */
  readonly asked: (readonly string[])[] = [];
  readonly kept: string[] = [];
  readonly opened: string[] = [];
  readonly allocated: [ElementType, readonly number[]][] = [];
  /** What the next decoder that is opened ends with. */
  failure: Error | null = null;

  async quantizeCache(graphs: readonly string[]): Promise<boolean> {
    this.asked.push(graphs.map((graph) => path.basename(graph)));
    return this.kept.length === 0;
  }

  keepCache(reason: string): void {
    this.kept.push(reason);
  }

  override open(graph: string) {
    this.opened.push(path.basename(graph));
    const { failure } = this;
    if (failure && graph.includes('decoder')) {
      this.failure = null;
      return Promise.reject(failure);
    }
    return super.open(graph);
  }

  override allocate(type: ElementType, shape: readonly number[]) {
    this.allocated.push([type, shape]);
    return super.allocate(type, shape);
  }
}

let backend: Quantizing;
const opened: Quantizing[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.dispose();
});

async function open(failure: Error | null = null) {
  backend = new Quantizing(1);
  opened.push(backend);
  backend.failure = failure;
  return autoglmPhone.open({ manifest, folder, backend, contextLength: 32, tokenizer: {} as Tokenizer });
}

const FILES = ['encoder.fp32.onnx', 'decoder.fp32.onnx'];

test('a cache of 8 bits has a byte a value and two for a row of a head', async () => {
  const model = await open();
  expect(backend.asked).toEqual([FILES]);
  const sequence = model.createSequence();
  const { allocated } = backend;
  expect(new Set(allocated.map(([type]) => type))).toEqual(new Set(['uint8']));
  const [, shape] = allocated[0]!;
  expect(shape[2]).toBe(32);
  const bytes = allocated.reduce((sum, [, sizes]) => sum + sizes.reduce((a, b) => a * b, 1), 0);
  expect(model.sequenceBytes).toBe(bytes);
  sequence.dispose();
  model.dispose();
});

test('the article’s 9 B has 1,170 MiB of 8,192 rows instead of 2,304', () => {
  const sizes = { layers: 24, heads: 24, rows: 8192, headSize: 128, activation: 'float16' } as const;
  expect(cacheBytes(sizes) / 2 ** 20).toBe(2304);
  expect(cacheBytes({ ...sizes, cacheType: 'int8' }) / 2 ** 20).toBe(1170);
});

test('graphs that cannot be opened so are opened as they are, encoder and decoder', async () => {
  const model = await open(new AppError('engine-failed', 'ONNX Runtime reports: no such operator'));
  expect(backend.kept).toEqual([expect.stringContaining('no such operator')]);
  expect(backend.opened).toEqual([...FILES, ...FILES]);
  const sequence = model.createSequence();
  expect(new Set(backend.allocated.map(([type]) => type))).toEqual(new Set(['float32']));
  sequence.dispose();
  model.dispose();
});

test('without memory it is not tried again with more', async () => {
  const failure = new AppError('out-of-memory', 'no memory', { kind: 'gpu-memory' });
  await expect(open(failure)).rejects.toBe(failure);
  expect(backend.kept).toEqual([]);
  expect(backend.opened).toEqual(FILES);
});
