import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildPackage } from '../builder/families/autoglm-phone/build';
import { RandomSource } from '../builder/families/autoglm-phone/random-source';
import { tinyConfig as config } from '../builder/testing';
import { byteTokenizer } from '../builder/tokenizer';
import { memoryEvents, peakOf } from './liveness';

test("an encoder run on CUDA has one decoder layer's keys and values alive at a time, not all of them", () => {
  const out = mkdtempSync(path.join(tmpdir(), 'autoglm-encoder-memory-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const names = { id: 'tiny', name: 'Tiny', license: 'Apache-2.0', source: 'test' };
  const source = new RandomSource(config);
  buildPackage({
    config,
    source,
    tokenizer: { text: byteTokenizer() },
    out,
    precision: 'int4',
    blockSize: 32,
    names,
  });
  const sizes = { S: 300, M: 512, N: 1 };
  const { alive } = peakOf(
    memoryEvents(readFileSync(path.join(out, 'encoder.fp16.onnx')), sizes).filter(({ name }) =>
      /^memory\.\d+\.[kv]$/.test(name),
    ),
  );
  expect(alive.map(([name]) => name.split('.')[1])).toHaveLength(2);
  expect(new Set(alive.map(([name]) => name.split('.')[1])).size).toBe(1);
});
