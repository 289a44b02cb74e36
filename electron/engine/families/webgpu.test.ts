import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importDecoder } from '../../../models/builder/families/decoder/import';
import { writeRandomFolder } from '../../../models/builder/families/decoder/random-folder';
import { buildFixture, fixtureFolder, whisperClip } from '../../../models/builder/fixture-packages';
import { type Manifest, ManifestSchema } from '../../contract/manifest';
import { WebGpuBackend } from '../ort/webgpu-backend';
import { LoadedModel } from '../runtime/loaded-model';
import { request } from '../testing/requests';
import { webGpuForTests } from '../testing/webgpu';
import { Tokenizer } from '../tokenizer/tokenizer';
import { MediaIndex } from './autoglm-phone/media';
import { autoglmPhone } from './autoglm-phone/model';
import type { AutoglmPhonePrompt } from './autoglm-phone/prompt';
import type { AutoglmPhoneSequence } from './autoglm-phone/sequence';
import type { Family, Prompt, Sequence } from './family';
import { glm4v } from './glm4v/model';
import type { Glm4vPrompt } from './glm4v/prompt';
import { LogMel } from './whisper/log-mel';
import { readSettings } from './whisper/settings';
import { WhisperWindow } from './whisper/window';

/**
 * Every family on ORT's WebGPU provider against the tokens that PyTorch and transformers wrote (models/builder/fixtures), through the
 * engine's own loop: cache and logits on the device, past and present in one buffer.
 */

const adapter = webGpuForTests();
const root = mkdtempSync(path.join(tmpdir(), 'autoglm-webgpu-'));
const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const manifestOf = (folder: string): Manifest =>
  ManifestSchema.parse(json(path.join(folder, 'autoglm.json')));
const casesOf = (fixture: string, ...names: readonly string[]) =>
  json(path.join(fixture, 'cases.json')).cases.filter(({ name }: { name: string }) => names.includes(name));
/** SwiftShader takes a second for what a graphics card does in a millisecond. */
const STEPS = 4;

afterAll(() => rmSync(root, { recursive: true }));

describe.skipIf(!adapter)('on WebGPU', () => {
  let backend: WebGpuBackend;
  beforeAll(() => {
    backend = new WebGpuBackend(adapter!);
  });
  afterAll(() => backend.dispose());

  test('memory of the device is counted, and what the provider lacks is known once graphs are open', () => {
    expect(backend).toMatchObject({
      provider: 'webgpu',
      device: { kind: 'card', name: adapter!.name },
      operatorsOnCpu: [],
    });
    const { usedBytes, peakBytes, freeBytes } = backend.memory();
    expect(usedBytes).toBeGreaterThan(0);
    expect(peakBytes).toBeGreaterThanOrEqual(usedBytes);
    expect(freeBytes).toBeGreaterThan(0);
  });

  test('what is uploaded is what is downloaded, whatever the type', () => {
    for (const type of ['float32', 'float16', 'int64', 'int32', 'uint8'] as const) {
      const tensor = backend.buffer(type, [3, 5]);
      const big = type === 'int64';
      for (let i = 0; i < 15; i++) tensor.data[i] = (big ? BigInt(i * 7) : i * 7) as never;
      const sent = [...tensor.data];
      tensor.upload();
      tensor.data.fill((big ? 0n : 0) as never);
      tensor.download();
      expect([...tensor.data]).toEqual(sent);
      tensor.dispose();
    }
  });

  test('a graph that is not there is an error, and the next one opens', async () => {
    await expect(backend.open('/nowhere.onnx')).rejects.toThrow();
  });

  async function write(sequence: Sequence, prompt: Prompt, steps: number): Promise<number[]> {
    await sequence.prefill(prompt);
    const out: number[] = [];
    for (;;) {
      out.push(sequence.greedy());
      if (out.length === steps) return out;
      await sequence.step(out.at(-1)!);
    }
  }

  async function open(family: Family, folder: string, contextLength: number) {
    const tokenizer = await Tokenizer.read(path.join(folder, 'tokenizer.json'));
    const model = await family.open({
      folder,
      manifest: manifestOf(folder),
      tokenizer,
      backend,
      contextLength,
    });
    return { model, sequence: model.createSequence() };
  }

  test('autoglm-phone: a text with pictures and sound', async () => {
    const fixture = fixtureFolder('senses');
    const folder = path.join(root, 'senses');
    buildFixture('senses', folder);
    const { model, sequence } = await open(autoglmPhone, folder, 512);
    const fileOf = (kind: string, name: string) =>
      kind === 'image' ? path.join(fixture, `images/${name}.png`) : path.join(fixture, `clips/${name}.wav`);
    for (const { name, input_ids, media, greedy } of casesOf(fixture, 'everything')) {
      const index = new MediaIndex({
        picture: { cell: 32, maxCells: 64 },
        sound: { cell: 640 },
        rows: 512,
      } as never);
      const placed = [];
      for (const { kind, name: file, start } of media) {
        const [medium] = await index.of({ type: kind, path: fileOf(kind, file), sha256: file });
        placed.push({ ...medium!, start });
      }
      const prompt: AutoglmPhonePrompt = {
        parts: { encoder: input_ids, decoder: [4] },
        media: placed,
        written: [],
        length: input_ids.length + 1,
      };
      expect([name, await write(sequence, prompt, STEPS)]).toEqual([name, greedy.fp32.slice(0, STEPS)]);
      // As a beam goes from one transcript to another.
      await (sequence as AutoglmPhoneSequence).replace(STEPS - 2, [7, 8, 9]);
      const replaced = sequence.logits().slice();
      await sequence.prefill({
        ...prompt,
        parts: { encoder: input_ids, decoder: [4, greedy.fp32[0], 7, 8, 9] },
      });
      for (const [i, logit] of sequence.logits().entries()) expect(replaced[i]).toBeCloseTo(logit, 2);
    }
    sequence.dispose();
    model.dispose();
  });

  test('glm4v: an image, and a second turn after it', async () => {
    const fixture = fixtureFolder('glm4v');
    const folder = path.join(root, 'glm4v');
    buildFixture('glm4v', folder);
    const { model, sequence } = await open(glm4v, folder, 160);
    for (const { name, images, grids, input_ids: tokens, greedy } of json(path.join(fixture, 'cases.json'))
      .cases) {
      const prompt: Glm4vPrompt = {
        parts: { tokens },
        images: images.map((image: string, i: number) => ({
          path: path.join(fixture, `images/${image}.png`),
          sha256: image,
          grid: [grids[i]![1], grids[i]![2]],
        })),
        written: [],
        length: tokens.length,
      };
      expect([name, await write(sequence, prompt, STEPS)]).toEqual([name, greedy.slice(0, STEPS)]);
    }
    sequence.dispose();
    model.dispose();
  });

  test.each(['gqa', 'mha'] as const)('decoder: an export with %s', async (attention) => {
    const folder = path.join(root, attention);
    writeRandomFolder(folder, 'genai', attention);
    const names = { id: 'random-llama', name: 'Random', license: 'Apache-2.0', source: 'random weights' };
    writeFileSync(path.join(folder, 'autoglm.json'), JSON.stringify(await importDecoder(folder, { names })));
    const written = async (model: LoadedModel) => {
      const ids: number[] = [];
      const asked = request('Hello', { logitBias: {}, maxTokens: STEPS });
      for await (const _ of model.generate(asked, undefined, { onToken: (id) => ids.push(id) }));
      await model.dispose();
      return ids;
    };
    const expected = await written(await LoadedModel.load(folder, { provider: 'cpu', threads: 1 }));
    expect(expected.length).toBeGreaterThan(0);
    const onGpu = new WebGpuBackend(adapter!);
    expect(await written(await LoadedModel.load(folder, { backend: onGpu }))).toEqual(expected);
  });

  test('whisper: what is said, in its language', async () => {
    const fixture = fixtureFolder('whisper');
    const folder = path.join(root, 'whisper');
    buildFixture('whisper', folder);
    const encoder = await backend.open(path.join(folder, 'encoder.fp32.onnx'));
    const decoder = await backend.open(path.join(folder, 'decoder.fp32.onnx'));
    const settings = readSettings(manifestOf(folder), 'float32');
    const window = new WhisperWindow(backend, encoder, decoder, settings);
    const { clip, greedy, language } = json(path.join(fixture, 'cases.json')).cases[0];
    await window.hear(new LogMel(80, 6).compute(whisperClip(clip)));
    const { init } = greedy;
    // init: [<|startofprev|>, earlier…,] <|startoftranscript|>, language, task, <|notimestamps|>
    const prompt = init[0] === 409 ? init.slice(1, init.indexOf(401)) : [];
    const code = ['en', 'zh', 'de', 'ja'][language - 402];
    const forced = {
      task: 'transcribe',
      timestamps: false,
      prompt,
      language: code,
      maxTokens: STEPS,
    } as const;
    const { tokens } = await window.write(forced);
    expect(tokens).toEqual(greedy.tokens.slice(0, STEPS));
    expect(tokens.length).toBeGreaterThan(0);
    window.dispose();
    encoder.dispose();
    decoder.dispose();
  });
});
