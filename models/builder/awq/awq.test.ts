import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeWav } from '../../../electron/contract/wav';
import { normalizeWave } from '../../../electron/engine/families/autoglm-phone/clip';
import { buildPackage } from '../families/autoglm-phone/build';
import { loadConfig } from '../families/autoglm-phone/config';
import { Runner } from '../families/autoglm-phone/runner';
import { buildGlm4v } from '../families/glm4v/build';
import { loadGlm4vConfig } from '../families/glm4v/config';
import { Glm4vRunner } from '../families/glm4v/runner';
import { relativeError } from '../families/testing';
import type { BlockSize } from '../quantize';
import { SafetensorsSource } from '../safetensors';
import type { TensorSource } from '../source';
import type { Precision } from '../store';
import { tinyConfig as config } from '../testing';
import { byteTokenizer } from '../tokenizer';
import { type AwqOptions, type AwqResult, awq } from './awq';
import { AwqSource, type Change } from './source';
import { writeCalibration, writeOutlierCheckpoint } from './testing';

const temporary = mkdtempSync(path.join(tmpdir(), 'autoglm-awq-'));
afterAll(() => rmSync(temporary, { recursive: true }));
const checkpoint = path.join(temporary, 'checkpoint');
const calibration = path.join(temporary, 'calibration.jsonl');
const names = { id: 'tiny', name: 'Tiny', license: 'Apache-2.0', source: 'test' };
const tokenizer = path.join(checkpoint, 'tokenizer.json');
let source: SafetensorsSource;

beforeAll(() => {
  writeOutlierCheckpoint(checkpoint, config);
  writeCalibration(calibration);
  source = new SafetensorsSource(checkpoint);
});
afterAll(() => source.close());

let searches = 0;
function search(options: Partial<AwqOptions> = {}): Promise<AwqResult> {
  const work = path.join(temporary, 'work');
  return awq({
    file: path.join(temporary, `found-${searches++}`),
    folder: checkpoint,
    source,
    tokenizer,
    calibration,
    precision: 'int4',
    blockSize: 32,
    work,
    threads: 1,
    ...options,
  });
}

/** In int4 and blocks of 32, as several tests want it. */
let shared: Promise<AwqResult> | undefined;
const usual = (): Promise<AwqResult> => {
  shared ??= search();
  return shared;
};

const bytes = ({ changes }: AwqResult) =>
  Buffer.concat(
    [...changes].flatMap(([name, { columns, rows, rounded }]) => {
      const width = rounded ? source.shape(name)[1]! : 0;
      const all = rounded?.read(0, source.shape(name)[0]!, width);
      return [columns, rows, all?.codes, all?.scales].flatMap((part) =>
        part ? Buffer.from(part.buffer, part.byteOffset, part.byteLength) : [],
      );
    }),
  );

/** Scales and divisors alone: what must not change anything before rounding. */
function unrounded({ changes }: AwqResult): Map<string, Change> {
  return new Map([...changes].map(([name, { columns, rows }]) => [name, { columns, rows }]));
}

let packages = 0;
/** Logits of every position of an answer to prompts that no calibration has. */
async function logits(
  from: TensorSource,
  precision: Precision,
  blockSize: BlockSize = 32,
): Promise<Float32Array[]> {
  const out = path.join(temporary, `package-${packages++}`);
  // Accuracy level 1: the CPU computes in float32, so that weights alone make the difference.
  const options = { config, source: from, tokenizer: { path: tokenizer }, out, precision, blockSize, names };
  buildPackage({ ...options, accuracyLevel: 1 });
  const runner = await Runner.load(out, config, 96);
  const all: Float32Array[] = [];
  for (let prompt = 0; prompt < 6; prompt++) {
    await runner.encode([3, ...Array.from({ length: 20 }, (_, i) => 32 + ((i * 13 + prompt * 29) % 220)), 6]);
    for (const token of [4, 80 + prompt, 90, 100]) all.push((await runner.decode([token])).logits);
  }
  await runner.release();
  return all;
}

let unchanged: Promise<Float32Array[]> | undefined;
/** Of the checkpoint as it is, in float32. */
const exactLogits = (): Promise<Float32Array[]> => {
  unchanged ??= logits(source, 'fp32');
  return unchanged;
};

const squared = (a: readonly Float32Array[], b: readonly Float32Array[]) =>
  a.reduce((sum, row, i) => sum + row.reduce((s, v, j) => s + (v - b[i]![j]!) ** 2, 0), 0);

describe('autoglm-phone', () => {
  test('folding changes nothing before rounding', async () => {
    const result = await usual();
    // The one vector that the decoder's layers share among them.
    const shared = result.changes.get('encoder.norm.weight')?.rows;
    expect(new Set(shared).size).toBeGreaterThan(10);
    for (let i = 0; i < config.decoder_layers; i++) {
      const layer = `decoder.layers.${i}`;
      expect(result.changes.get(`${layer}.input_layernorm.weight`)?.rows).toEqual(shared);
      for (const letter of ['q', 'k', 'v']) {
        expect(result.changes.get(`${layer}.self_attn.${letter}_proj.weight`)?.columns).toEqual(shared);
      }
    }
    expect(result.groups.filter(({ alpha }) => alpha > 0).length).toBeGreaterThan(result.groups.length / 2);

    const before = await exactLogits();
    const after = await logits(new AwqSource(source, unrounded(result)), 'fp32');
    for (const [i, row] of before.entries()) expect(relativeError(after[i]!, row)).toBeLessThan(1e-5);
  });

  test.each([
    ['int4', 32, 0.75],
    ['int4', 64, 0.75],
    ['int4', 128, 0.75],
    ['int8', 32, 0.75],
  ] as const)(
    '%s in blocks of %i: the logits are off by less than rounding to nearest',
    async (precision, block, share) => {
      const asUsual = precision === 'int4' && block === 32;
      const result = await (asUsual ? usual() : search({ precision, blockSize: block }));
      for (const { before, after } of [...result.groups, ...result.matrices]) {
        expect(after).toBeLessThanOrEqual(before);
      }
      const exact = await exactLogits();
      const nearest = squared(await logits(source, precision, block), exact);
      const found = squared(await logits(result.source, precision, block), exact);
      expect(found).toBeLessThan(share * nearest);
    },
  );

  test('the same again, whatever the segments', async () => {
    const first = await usual();
    const again = await search();
    const small = await search({ segmentBytes: 20_000 });
    expect(bytes(again).equals(bytes(first))).toBe(true);
    expect(bytes(small).equals(bytes(first))).toBe(true);
  });

  test('a model with sparse attention is searched like one without', async () => {
    const sparse = path.join(temporary, 'sparse');
    cpSync(checkpoint, sparse, { recursive: true });
    const attention = { min_length: 32, block: 16 };
    writeFileSync(
      path.join(sparse, 'config.json'),
      JSON.stringify({ ...config, sparse_attention: attention }),
    );
    expect(bytes(await search({ folder: sparse })).equals(bytes(await usual()))).toBe(true);
  });

  test('int8 by name is rounded as int8', async () => {
    const { changes } = await search({ int8: ['embed*', 'decoder.layers.0.self_attn.k_proj.weight'] });
    expect(changes.get('embed_tokens.weight')?.rounded?.bits).toBe(8);
    // Packed with the keys, so stored like them.
    expect(changes.get('decoder.layers.0.self_attn.q_proj.weight')?.rounded?.bits).toBe(8);
    expect(changes.get('decoder.layers.1.self_attn.q_proj.weight')?.rounded?.bits).toBe(4);
  });
});

describe('eyes and ears', () => {
  const folder = path.join(import.meta.dirname, '../fixtures/senses');
  const senses = loadConfig(path.join(folder, 'config.json'));
  const isMatrix = (name: string, from: TensorSource) =>
    from.shape(name).length === 2 && !name.includes('wave_embed');
  const searched = async (lines: readonly object[]) => {
    const own = new SafetensorsSource(folder);
    const bytesTokenizer = path.join(temporary, 'bytes.json');
    writeFileSync(bytesTokenizer, byteTokenizer());
    const file = path.join(temporary, 'senses.jsonl');
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    return {
      own,
      result: await search({ folder, source: own, tokenizer: bytesTokenizer, calibration: file }),
    };
  };
  const text = { messages: [{ role: 'user', content: 'What is 2 + 3?' }], answer: '5' };

  test('without pictures and clips their matrices are rounded for their own sake', async () => {
    const { own, result } = await searched([text]);
    const rounded = new Set(result.matrices.map(({ tensor }) => tensor));
    for (const name of own.names) expect(rounded.has(name), name).toBe(isMatrix(name, own));
    for (const { before, after } of result.matrices) expect(after).toBeLessThanOrEqual(before);
    expect(result.groups.some(({ tensor }) => /^(vision|speech|adapter|fusion)/.test(tensor))).toBe(false);
    own.close();
  });

  test('with them scales are found, and what the graphs see and hear stays the same before rounding', async () => {
    const picture = path.join(temporary, 'picture.png');
    await sharp({ create: { width: 96, height: 64, channels: 3, background: '#38a' } })
      .composite([
        {
          input: Buffer.from(
            '<svg width="96" height="64"><circle cx="40" cy="30" r="20" fill="#fc2"/></svg>',
          ),
        },
      ])
      .toFile(picture);
    const samples = Float32Array.from({ length: 16_000 }, (_, i) => 0.3 * Math.sin(i * (0.05 + i / 4e5)));
    writeFileSync(path.join(temporary, 'clip.wav'), encodeWav(samples));
    const { own, result } = await searched([
      text,
      { ...text, images: ['picture.png'] },
      { audio: ['clip.wav'], answer: 'two plus three' },
    ]);
    const scaled = result.groups.filter(({ alpha }) => alpha > 0).map(({ tensor }) => tensor);
    for (const part of [
      'vision.layers',
      'vision.merge',
      'speech.layers',
      'speech.merge',
      'adapter',
      'fusion',
    ])
      expect(
        result.groups.some(({ tensor }) => tensor.startsWith(part)),
        part,
      ).toBe(true);
    expect(scaled.filter((tensor) => /^(vision|speech)/.test(tensor)).length).toBeGreaterThan(4);

    const pixels = new Tensor(
      'float32',
      Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.sin(i / 9)),
      [1, 3, 64, 64],
    );
    const wave = new Tensor('float32', normalizeWave(samples, 640), [1, 16_000]);
    const features: Float32Array[] = [];
    for (const from of [own, new AwqSource(own, unrounded(result)), result.source]) {
      const out = path.join(temporary, `senses-${features.length}`);
      buildPackage({
        config: senses,
        source: from,
        tokenizer: { text: byteTokenizer() },
        out,
        precision: 'fp32',
        blockSize: 32,
        names,
      });
      for (const [graph, feeds] of [
        ['vision', { pixels }],
        ['speech', { wave }],
      ] as const) {
        const session = await InferenceSession.create(path.join(out, `${graph}.fp32.onnx`));
        features.push((await session.run(feeds)).features!.data as Float32Array);
        await session.release();
      }
    }
    const [sees, hears, seesScaled, hearsScaled, seesRounded] = features;
    expect(relativeError(seesScaled!, sees!)).toBeLessThan(1e-5);
    expect(relativeError(hearsScaled!, hears!)).toBeLessThan(1e-5);
    // The test can fail: rounding does change it.
    expect(relativeError(seesRounded!, sees!)).toBeGreaterThan(1e-3);
    own.close();
  });

  test('a picture that is not there, and one for a model that reads text only', async () => {
    await expect(searched([{ ...text, images: ['none.png'] }])).rejects.toThrow(
      /senses\.jsonl:1: there is no file none\.png/,
    );
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } }).toFile(
      path.join(temporary, 'red.png'),
    );
    const file = path.join(temporary, 'red.jsonl');
    writeFileSync(file, JSON.stringify({ ...text, images: ['red.png'] }));
    await expect(search({ calibration: file })).rejects.toThrow(/red\.jsonl:1: This model reads text only/);
    expect(existsSync(path.join(temporary, 'work'))).toBe(false);
  });
});

describe('glm4v', () => {
  const fixture = path.join(import.meta.dirname, '../fixtures/glm4v');

  test('folding changes nothing before rounding, value heads that several heads share included', async () => {
    const glm4v = new SafetensorsSource(fixture);
    const glm4vConfig = loadGlm4vConfig(path.join(fixture, 'config.json'));
    const folder = path.join(temporary, 'glm4v');
    mkdirSync(folder);
    cpSync(path.join(fixture, 'config.json'), path.join(folder, 'config.json'));
    const own = path.join(fixture, 'tokenizer.json');
    const result = await search({ folder, source: glm4v, tokenizer: own });
    const scaled = (name: string) => result.changes.get(`model.language_model.layers.0.${name}`);
    const alphas = result.groups.filter(({ alpha }) => alpha > 0).map(({ tensor }) => tensor);
    // Each kind of fold is put to the test.
    for (const kind of ['q_proj', 'o_proj', 'gate_up_proj', 'down_proj', 'lm_head']) {
      expect(
        alphas.some((tensor) => tensor.includes(kind)),
        kind,
      ).toBe(true);
    }
    expect(scaled('mlp.gate_up_proj.weight')?.rounded).toBeDefined();

    const all: Float32Array[] = [];
    for (const from of [glm4v, new AwqSource(glm4v, unrounded(result))]) {
      const out = path.join(temporary, `glm4v-${all.length}`);
      const options = { config: glm4vConfig, source: from, tokenizer: { path: own }, out, names } as const;
      buildGlm4v({ ...options, precision: 'fp32', blockSize: 32 });
      const runner = await Glm4vRunner.load(out, glm4vConfig, 64, 'float32');
      const ids = Array.from({ length: 24 }, (_, i) => (i * 37) % 500);
      await runner.start(ids, []);
      all.push((await runner.feed(ids)).logits);
      await runner.release();
    }
    expect(relativeError(all[1]!, all[0]!)).toBeLessThan(1e-5);
    glm4v.close();
  });
});

describe('what is at fault is named, and nothing is left behind', () => {
  const refused = async (options: Partial<AwqOptions>, message: RegExp) => {
    await expect(search(options)).rejects.toThrow(message);
    expect(existsSync(path.join(temporary, 'work'))).toBe(false);
  };
  const written = (text: string) => {
    const file = path.join(temporary, 'bad.jsonl');
    writeFileSync(file, text);
    return { calibration: file };
  };

  test('no calibration set', () =>
    refused({ calibration: path.join(temporary, 'nowhere') }, /There is no calibration set at .*nowhere/));
  test('an empty one', () => refused(written('\n\n'), /bad\.jsonl is empty/));
  test('a broken line', () => refused(written('\n{"messages": ['), /bad\.jsonl:2 is not valid JSON/));
  test('a line without an answer', () =>
    refused(written('{"messages": [{"role": "user", "content": "?"}]}'), /bad\.jsonl:1: answer/));
  test('a conversation longer than the context', () => {
    const messages = [{ role: 'user', content: 'x'.repeat(1000) }];
    return refused(written(JSON.stringify({ messages, answer: 'y' })), /bad\.jsonl:1: .*takes at most 256/);
  });
  test('a tokenizer of another model', () => {
    const other = path.join(temporary, 'tokenizer.json');
    const text = readFileSync(tokenizer, 'utf8').replace('"A":97', '"A":600');
    writeFileSync(other, text);
    const messages = [{ role: 'user', content: 'A' }];
    return refused(
      { ...written(JSON.stringify({ messages, answer: 'y' })), tokenizer: other },
      /bad\.jsonl:1 has the token 600, outside the vocabulary of 512/,
    );
  });
  test('no tokenizer', () => refused({ tokenizer: path.join(temporary, 'none') }, /no tokenizer at .*none/));
  test('another family', () =>
    refused(
      { folder: path.join(import.meta.dirname, '../fixtures/whisper') },
      /AWQ knows autoglm-phone and glm4v/,
    ));
});
