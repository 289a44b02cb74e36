import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { importDecoder } from '../../../../models/builder/families/decoder/import';
import { SIZES, writeRandomFolder } from '../../../../models/builder/families/decoder/random-folder';
import type { SamplingParams } from '../../../contract/generation';
import { LoadedModel } from '../../runtime/loaded-model';
import { collect, request } from '../../testing/requests';

const root = mkdtempSync(path.join(tmpdir(), 'autoglm-decoder-'));
afterAll(() => rmSync(root, { recursive: true }));
const names = { id: 'random-llama', name: 'Random', license: 'Apache-2.0', source: 'random weights' };

/** Greedy tokens by the plainest way: onnxruntime-node, the whole text again for every token, an empty past. */
async function reference(graph: string, prompt: readonly number[], count: number): Promise<number[]> {
  const session = await InferenceSession.create(graph);
  const ids = [...prompt];
  const tensor = (values: readonly number[]) =>
    new Tensor('int64', BigInt64Array.from(values.map(BigInt)), [1, values.length]);
  for (let i = 0; i < count; i++) {
    const feeds: Record<string, Tensor> = {
      input_ids: tensor(ids),
      attention_mask: tensor(ids.map(() => 1)),
    };
    if (session.inputNames.includes('position_ids')) feeds.position_ids = tensor(ids.map((_, at) => at));
    for (const name of session.inputNames.filter((input) => input.startsWith('past'))) {
      feeds[name] = new Tensor('float32', new Float32Array(), [1, SIZES.kvHeads, 0, SIZES.headSize]);
    }
    const { logits } = await session.run(feeds);
    const last = (logits!.data as Float32Array).slice(-SIZES.vocabulary);
    ids.push(last.indexOf(last.reduce((a, b) => Math.max(a, b))));
  }
  await session.release();
  return ids.slice(prompt.length);
}

describe.each([
  ['genai', 'gqa'],
  ['transformers.js', 'gqa'],
  ['genai', 'mha'],
  ['transformers.js', 'mha'],
] as const)('a folder in the layout of %s with %s', (layout, attention) => {
  const folder = path.join(root, `${layout}-${attention}`);

  test('becomes a package, loads and writes what its graph says', async () => {
    writeRandomFolder(folder, layout, attention);
    const manifest = await importDecoder(folder, { names });
    writeFileSync(path.join(folder, 'autoglm.json'), JSON.stringify(manifest));
    expect(manifest).toMatchObject({ family: 'decoder', contextLength: SIZES.rows, tokens: { eos: [1] } });
    expect(manifest.generation).toEqual(
      layout === 'genai' ? { temperature: 0 } : { temperature: 0.6, topP: 0.9 },
    );

    const model = await LoadedModel.load(folder, { provider: 'cpu', threads: 1 });
    const written: number[] = [];
    let drafted = 0;
    const ask = async (text: string, sampling: Partial<SamplingParams> = {}) => {
      written.length = 0;
      const asked = request(text, { logitBias: {}, ...sampling });
      for await (const event of model.generate(asked, undefined, { onToken: (id) => written.push(id) }))
        if (event.type === 'finished') drafted += event.stats.draftTokens ?? 0;
      return [...written];
    };
    const special = (name: string) => model.tokenizer.special(name)!;
    const promptOf = (text: string) => [
      special('<|user|>'),
      ...model.tokenizer.encode(text),
      special('<|end|>'),
      special('<|assistant|>'),
    ];
    const graph = path.join(folder, manifest.graphs.cpu!.files.decoder!);
    let total = 0;
    expect(manifest.architecture.cache).toBe(attention === 'gqa' ? 'shared' : 'growing');
    for (const text of ['Hello', 'a longer message '.repeat(8).trim(), 'Hello again']) {
      const expected = await reference(graph, promptOf(text), 24);
      const end = expected.indexOf(1);
      expect(await ask(text)).toEqual(end < 0 ? expected : expected.slice(0, end));
      total += written.length;
    }
    expect(total).toBeGreaterThan(24);

    // A text that repeats itself, of which several tokens are checked in a run where rows can be taken back.
    const [a] = model.tokenizer.encode('a') as [number];
    expect(await ask('again', { logitBias: { [a]: 50 }, maxTokens: 60 })).toEqual(new Array(60).fill(a));
    if (attention === 'gqa') expect(drafted).toBeGreaterThan(30);
    else expect(drafted).toBe(0);
    // And a cache whose rows were taken back is as good as new.
    expect(await ask('Hello')).toEqual(await reference(graph, promptOf('Hello'), 24));
    await model.dispose();
  });
});

test('special tokens that people type stay text, and what is too long is refused', async () => {
  const model = await LoadedModel.load(path.join(root, 'genai-gqa'), { provider: 'cpu', threads: 1 });
  const count = (text: string) => model.countTokens(request(text));
  expect(await count('<|end|>')).toBe(3 + '<|end|>'.length);
  await expect(count('x'.repeat(SIZES.rows))).rejects.toMatchObject({ code: 'context-exceeded' });
  const { last } = await collect(model.generate(request('Hi', { maxTokens: 300 })));
  expect(last).toMatchObject({ type: 'finished' });
  await model.dispose();
});

test('folders that cannot be used are refused by what they lack', async () => {
  await expect(importDecoder(root, { names })).rejects.toThrow(/neither genai_config.json/);
  const folder = path.join(root, 'broken');
  writeRandomFolder(folder, 'genai');
  const file = path.join(folder, 'genai_config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.model.decoder.filename = 'other.onnx';
  writeFileSync(file, JSON.stringify(config));
  await expect(importDecoder(folder, { names })).rejects.toThrow(/other\.onnx, which is not there/);
});
