import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SafetensorsSource } from '../../../safetensors';
import { randomTensors, writeSafetensors } from '../../../testing';
import { byteTokenizer } from '../../../tokenizer';
import { readManifest } from '../../../verify';
import { buildPackage } from '../build';
import { type Config, loadConfig, parameterRows, presets } from '../config';
import { RandomSource } from '../random-source';
import { readGraph } from './testing';

const tiny = presets['tiny-senses']!;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'autoglm-senses-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = { id: 'tiny', name: 'Tiny', license: 'Apache-2.0', source: 'test' };

function build(config: Config, source = new RandomSource(config)) {
  const out = path.join(folder, 'out');
  const tokenizer = { text: byteTokenizer() };
  buildPackage({ config, source, tokenizer, out, precision: 'int4', blockSize: 32, names });
  return out;
}

// "3.2 B + 3.2 B text, ViT-Lite 1.4 B, Wav2Vec-Bridge 0.8 B, fusion 0.4 B, about 9.0 B": the article's table.
test('the 9 B configuration is the article’s, each module within 5 %', () => {
  const { rows, total } = parameterRows(presets['9b']!);
  expect(rows.map(({ module }) => module.split(' ').slice(0, 2).join(' '))).toEqual([
    'text encoder',
    'text decoder',
    'vision encoder',
    'speech encoder',
    'fusion (Cross-Modal',
  ]);
  for (const [i, billions] of [3.2, 3.2, 1.4, 0.8, 0.4].entries()) {
    expect(Math.abs(rows[i]!.count / (billions * 1e9) - 1)).toBeLessThan(0.05);
  }
  const counted = rows.reduce((sum, { count }) => sum + count, 0);
  expect(Math.abs(counted / 9e9 - 1)).toBeLessThan(0.05);
  expect(counted - total).toBe(151_552 * 3072);
});

describe('a config.json whose vision or speech is at fault is refused by name', () => {
  const { vision, speech } = tiny;
  test.each<[string, object, RegExp]>([
    ['a missing size', { vision: { ...vision, layers: undefined } }, /vision\.layers: /],
    ['text for a number', { speech: { ...speech, filters: 'many' } }, /speech\.filters: /],
    [
      'heads that do not divide',
      { vision: { ...vision, num_attention_heads: 3 } },
      /vision\.hidden_size: 64 is not a multiple/,
    ],
    [
      'heads too small',
      { speech: { ...speech, num_attention_heads: 16 } },
      /speech\.num_attention_heads: the head size would be 4/,
    ],
    [
      'a stem too deep',
      { vision: { ...vision, stem_channels: [8, 8, 8, 8, 8] } },
      /vision\.stem_channels: 5 halvings/,
    ],
    [
      'a filter shorter than its stride',
      { speech: { ...speech, filter_length: 100 } },
      /speech\.filter_length: 100 is shorter/,
    ],
    [
      'no width of the features',
      { feature_size: undefined },
      /feature_size: a model with vision or speech needs it/,
    ],
  ])('%s', (_, change, message) => {
    const file = path.join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ ...tiny, ...change }));
    expect(() => loadConfig(file)).toThrow(message);
  });

  test('null means that the model does not see', () => {
    const file = path.join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ ...tiny, vision: null, speech: null }));
    const manifest = readManifest(build(loadConfig(file)));
    expect(manifest.modalities).toEqual(['text']);
    expect(Object.keys(manifest.graphs.cpu!.files)).toEqual(['encoder', 'decoder']);
    expect(manifest.architecture).not.toHaveProperty('vision');
  });
});

describe('tensors that are not what config.json says are refused by name', () => {
  test.each<[string, string, readonly number[] | null, RegExp]>([
    [
      'a missing one',
      'speech.wave_embed.filters.weight',
      null,
      /speech\.wave_embed\.filters\.weight \[64, 1, 400\] is missing/,
    ],
    [
      'a misshapen convolution',
      'vision.patch_embed.stem.1.weight',
      [32, 16, 9],
      /stem\.1\.weight has shape \[32, 16, 9\]; config\.json asks for \[32, 16, 3, 3\]/,
    ],
    [
      'a misshapen merge',
      'vision.merge.weight',
      [64, 128],
      /vision\.merge\.weight has shape \[64, 128\]; config\.json asks for \[64, 256\]/,
    ],
  ])('%s', (_, name, shape, message) => {
    const tensors = randomTensors(tiny);
    if (shape) {
      const data = new Uint8Array(shape.reduce((a, b) => a * b) * 4);
      tensors.set(name, { ...tensors.get(name)!, shape, data });
    } else tensors.delete(name);
    writeSafetensors(path.join(folder, 'model.safetensors'), tensors);
    expect(() => build(tiny, new SafetensorsSource(folder) as never)).toThrow(message);
  });

  test('a block that does not divide a size of the eyes', () => {
    const config = { ...tiny, vision: { ...tiny.vision!, intermediate_size: 136 } };
    expect(() => build(config)).toThrow(
      /Block size 32, the smallest, does not divide vision\.intermediate_size, 136/,
    );
  });
});

test('adapter and fusion layers are stored once, and both graphs read them there', () => {
  const out = build(tiny);
  const manifest = readManifest(out);
  expect(manifest.modalities).toEqual(['text', 'image', 'audio']);
  expect(manifest.architecture.vision).toMatchObject({ max_cells: 64 });
  const [vision, speech] = ['vision', 'speech'].map((role) =>
    readGraph(path.join(out, manifest.graphs.cpu!.files[role]!)),
  );
  const shared = [...vision!.keys()].filter((name) => /^(adapter|fusion)\./.test(name));
  expect(shared.length).toBeGreaterThan(10);
  for (const name of shared) expect(speech!.get(name)).toEqual(vision!.get(name));
});
