import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SafetensorsSource } from '../../safetensors';
import { tinyConfig as config, type RawTensor, randomTensors, writeSafetensors } from '../../testing';
import { byteTokenizer } from '../../tokenizer';
import { readManifest, verifyPackage } from '../../verify';
import { type BuildOptions, buildPackage } from './build';
import { loadConfig, parameterRows, presets, tensorShapes } from './config';
import { RandomSource } from './random-source';
import { blockSizes } from './senses/testing';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'autoglm-build-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = { id: 'tiny', name: 'Tiny', license: 'Apache-2.0', source: 'test' };

function build(options: Partial<BuildOptions> = {}) {
  const source = options.source ?? new SafetensorsSource(folder);
  try {
    const tokenizer = { text: byteTokenizer() };
    const out = path.join(folder, 'out');
    return buildPackage({
      config,
      source,
      tokenizer,
      out,
      precision: 'int4',
      blockSize: 32,
      names,
      ...options,
    });
  } finally {
    source.close();
  }
}

const write = (tensors: ReadonlyMap<string, RawTensor>, cut = 0) =>
  writeSafetensors(path.join(folder, 'model.safetensors'), tensors, cut);

const q0 = 'encoder.layers.0.self_attn.q_proj.weight';

describe('a checkpoint that is not what its config says is refused by name', () => {
  const spoil = (name: string, change: Partial<RawTensor> | null) => {
    const tensors = randomTensors(config);
    if (change) tensors.set(name, { ...tensors.get(name)!, ...change });
    else tensors.delete(name);
    write(tensors);
  };
  const spoilValue = (name: string, index: number, value: number) => {
    const tensors = randomTensors(config);
    const values = new Float32Array(tensors.get(name)!.data.slice().buffer);
    values[index] = value;
    spoil(name, { data: new Uint8Array(values.buffer) });
  };

  test.each<[string, () => void, RegExp]>([
    [
      'a missing tensor',
      () => spoil(q0, null),
      /Tensor encoder\.layers\.0\.self_attn\.q_proj\.weight \[64, 64\] is missing/,
    ],
    [
      'a transposed one',
      () => spoil('decoder.layers.1.mlp.fc1.weight', { shape: [64, 128] }),
      /decoder\.layers\.1\.mlp\.fc1\.weight has shape \[64, 128\]; config\.json asks for \[128, 64\]/,
    ],
    [
      'a wrong dtype',
      () => spoil(q0, { dtype: 'I8' }),
      /q_proj\.weight has dtype I8; the builder reads F32, F16, BF16/,
    ],
    [
      'bytes that do not fit the shape',
      () => spoil(q0, { dtype: 'F16' }),
      /q_proj\.weight has 16384 bytes.*need 8192/,
    ],
    [
      'a file cut short',
      () => write(randomTensors(config), 1000),
      /Tensor decoder\.norm\.weight is truncated/,
    ],
    ['a NaN', () => spoilValue(q0, 64 * 3 + 5, Number.NaN), /q_proj\.weight holds NaN in row 3, column 5/],
    [
      'an infinite norm',
      () => spoilValue('encoder.norm.weight', 2, Number.POSITIVE_INFINITY),
      /Tensor encoder\.norm\.weight holds Infinity/,
    ],
    [
      'a tensor nobody knows',
      () =>
        write(
          new Map([
            ...randomTensors(config),
            ['extra.bias', { dtype: 'F32', shape: [1], data: new Uint8Array(4) }],
          ]),
        ),
      /Tensor extra\.bias is unknown/,
    ],
    [
      'another kind of file',
      () =>
        writeFileSync(path.join(folder, 'model.safetensors'), 'PK this is a zip archive, not a checkpoint'),
      /model\.safetensors is no safetensors file/,
    ],
    [
      'a broken header',
      () => writeFileSync(path.join(folder, 'model.safetensors'), Buffer.from('\x05\0\0\0\0\0\0\0{"a":')),
      /header of model\.safetensors is not valid JSON/,
    ],
    [
      'an empty file',
      () => writeFileSync(path.join(folder, 'model.safetensors'), ''),
      /model\.safetensors: the file ends 8 bytes too early/,
    ],
    ['no file', () => {}, /model\.safetensors does not exist/],
  ])('%s', (_, prepare, message) => {
    prepare();
    expect(() => build()).toThrow(message);
    expect(existsSync(path.join(folder, 'out'))).toBe(false);
    expect(existsSync(path.join(folder, 'out.part'))).toBe(false);
  });

  test('all faults at once', () => {
    const tensors = randomTensors(config);
    for (const name of ['encoder.norm.weight', 'decoder.norm.weight']) tensors.delete(name);
    write(tensors);
    expect(() => build()).toThrow(/encoder\.norm\.weight.*missing.\nTensor decoder\.norm\.weight.*missing/);
  });
});

test.each([
  ['no JSON', '{', /config\.json cannot be read/],
  ['another model', '{"model_type": "llama"}', /model_type: /],
  ['a missing key', JSON.stringify({ ...config, vocab_size: undefined }), /vocab_size: /],
  [
    'heads that do not divide',
    JSON.stringify({ ...config, num_attention_heads: 7 }),
    /64 is not a multiple of num_attention_heads, 7/,
  ],
  ['heads too small', JSON.stringify({ ...config, num_attention_heads: 8 }), /head size would be 8/],
  [
    'a special token outside the vocabulary',
    JSON.stringify({ ...config, eos_token_id: 512 }),
    /eos_token_id: 512 is outside/,
  ],
])('config.json with %s is refused', (_, text, message) => {
  const file = path.join(folder, 'config.json');
  writeFileSync(file, text);
  expect(() => loadConfig(file)).toThrow(message);
});

test('each matrix has the largest blocks that divide it, of those asked for and smaller', () => {
  // 64 columns, and 128 of fc2.
  build({ source: new RandomSource(config), blockSize: 128 });
  const sizes = blockSizes(path.join(folder, 'out', 'decoder.fp32.onnx'));
  expect(sizes.get('decoder.layers.0.mlp.fc1.weight.codes')).toBe(64);
  expect(sizes.get('decoder.layers.0.mlp.fc2.weight.codes')).toBe(128);
  expect(sizes.get('embed_tokens.weight.codes')).toBe(64);
  expect(sizes.get('embed_tokens.weight.rows')).toBe(64);
});

test('a size that not even the smallest blocks divide is refused', () => {
  const other = { ...config, hidden_size: 80, num_attention_heads: 5 };
  expect(() => build({ config: other, source: new RandomSource(other), blockSize: 128 })).toThrow(
    /Block size 32, the smallest, does not divide hidden_size, 80/,
  );
});

test('a folder that is no package is not overwritten', () => {
  writeFileSync(path.join(folder, 'diary.txt'), 'dear diary');
  expect(() => build({ source: new RandomSource(config), out: folder })).toThrow(
    /is not empty and holds no model package/,
  );
  expect(readFileSync(path.join(folder, 'diary.txt'), 'utf8')).toBe('dear diary');
});

test('shards build the same package as one file', () => {
  const tensors = [...randomTensors(config)];
  write(new Map(tensors));
  build({ out: path.join(folder, 'one') });
  rmSync(path.join(folder, 'model.safetensors'));
  const shards = [tensors.slice(0, 9), tensors.slice(9)];
  const weight_map: Record<string, string> = {};
  for (const [i, part] of shards.entries()) {
    const file = `model-${i + 1}-of-2.safetensors`;
    writeSafetensors(path.join(folder, file), new Map(part));
    for (const [name] of part) weight_map[name] = file;
  }
  const index = path.join(folder, 'model.safetensors.index.json');
  writeFileSync(index, JSON.stringify({ weight_map }));
  build({ out: path.join(folder, 'two') });
  expect(readManifest(path.join(folder, 'two')).files).toEqual(readManifest(path.join(folder, 'one')).files);

  const moved = { ...weight_map, [q0]: 'model-2-of-2.safetensors' };
  writeFileSync(index, JSON.stringify({ weight_map: moved }));
  expect(() => build()).toThrow(/q_proj\.weight is missing from model-2-of-2\.safetensors/);
});

test('a rebuild replaces the package and keeps what the builder does not make', () => {
  const out = path.join(folder, 'out');
  build({ source: new RandomSource(config) });
  writeFileSync(path.join(out, 'eval.json'), '{}');
  build({ source: new RandomSource(config, 2), precision: 'int8' });
  expect(readManifest(out).precision).toBe('int8');
  expect(existsSync(path.join(out, 'eval.json'))).toBe(true);
});

test('verify names the damaged, cut and missing file', async () => {
  const out = path.join(folder, 'out');
  build({ source: new RandomSource(config) });
  expect(await verifyPackage(out)).toEqual([]);
  const weights = path.join(out, 'weights.data');
  const data = readFileSync(weights);
  data[1000]! ^= 1;
  writeFileSync(weights, data);
  expect(await verifyPackage(out)).toEqual([
    expect.stringMatching(/^weights\.data is damaged: its sha256 is/),
  ]);
  writeFileSync(weights, data.subarray(1));
  expect(await verifyPackage(out)).toEqual([
    `weights.data has ${data.length - 1} bytes instead of ${data.length}.`,
  ]);
  rmSync(weights);
  expect(await verifyPackage(out)).toEqual(['weights.data is missing.']);
});

test('the tied embedding is stored once: int4 takes 4.5 bits a weight', () => {
  const { parameters, files } = build({ source: new RandomSource(presets.tiny!) });
  expect(parameters).toBe(164_480);
  const manifest = readManifest(path.join(folder, 'out'));
  const weights = manifest.files.find((file) => file.path === 'weights.data')!.bytes;
  const rotary = 2 * 256 * 8 * 4;
  expect(weights).toBeLessThan((parameters * 4.5) / 8 + rotary + 30 * 256);
  expect(files).toEqual(manifest.files);
});

test('parameters add up to the shapes', () => {
  for (const preset of Object.values(presets)) {
    const sum = [...tensorShapes(preset).values()].reduce(
      (total, shape) => total + shape.reduce((a, b) => a * b, 1),
      0,
    );
    expect(parameterRows(preset).total).toBe(sum);
  }
});

test('random rows are the same however they are cut', () => {
  const source = new RandomSource(config, 7);
  const whole = source.rows(q0, 0, 64).slice();
  expect(source.rows(q0, 10, 3)).toEqual(whole.subarray(640, 640 + 192));
  const deviation = Math.sqrt(whole.reduce((sum, w) => sum + w * w, 0) / whole.length);
  expect(deviation).toBeCloseTo(0.02, 3);
});
