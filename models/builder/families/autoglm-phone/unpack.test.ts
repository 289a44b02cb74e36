import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SafetensorsSource } from '../../safetensors';
import type { Precision } from '../../store';
import { tinyConfig } from '../../testing';
import { byteTokenizer } from '../../tokenizer';
import { buildPackage } from './build';
import { loadConfig, tensorShapes } from './config';
import { RandomSource } from './random-source';
import { unpackPackage } from './unpack';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'autoglm-unpack-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = { id: 'tiny', name: 'Tiny', license: 'Apache-2.0', source: 'test' };
const weightsOf = (name: string) => readFileSync(path.join(folder, name, 'weights.data'));

test.each<[Precision, 32 | 64]>([
  ['int4', 32],
  ['int4', 64],
  ['int8', 32],
  ['fp16', 32],
])('built again from what was unpacked, %s in blocks of %i has the same bytes', (precision, blockSize) => {
  const config = loadConfig('tiny-senses');
  const common = { tokenizer: { text: byteTokenizer() }, precision, blockSize, names };
  const first = path.join(folder, 'first');
  buildPackage({ ...common, config, source: new RandomSource(config), out: first });

  unpackPackage(first, path.join(folder, 'unpacked'));

  const unpacked = loadConfig(path.join(folder, 'unpacked', 'config.json'));
  const source = new SafetensorsSource(path.join(folder, 'unpacked'));
  expect(source.names).toEqual([...tensorShapes(config).keys()]);
  buildPackage({ ...common, config: unpacked, source, out: path.join(folder, 'second') });
  source.close();
  expect(weightsOf('second').equals(weightsOf('first'))).toBe(true);
  expect(readFileSync(path.join(folder, 'unpacked', 'tokenizer.json'), 'utf8')).toBe(
    readFileSync(path.join(first, 'tokenizer.json'), 'utf8'),
  );
});

test('a file of another length is refused', () => {
  const out = path.join(folder, 'short');
  const source = new RandomSource(tinyConfig);
  const tokenizer = { text: byteTokenizer() };
  buildPackage({ config: tinyConfig, source, tokenizer, out, precision: 'int4', blockSize: 32, names });
  truncateSync(path.join(out, 'weights.data'), 1000);
  expect(() => unpackPackage(out, path.join(folder, 'unpacked'))).toThrow('is not laid out');
});
