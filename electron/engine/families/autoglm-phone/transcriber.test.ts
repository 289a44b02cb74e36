import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hearingErrors } from '../../../../models/eval/rates';
import { readSound } from '../../media/sound-file';
import { LoadedModel } from '../../runtime/loaded-model';

/** The model that ships, on clips of the held-out sets. */

const MODELS = path.resolve(import.meta.dirname, '../../../../models');
const SETS = path.join(MODELS, 'eval/sets/speech');

interface Clip {
  readonly text: string;
  readonly samples: Float32Array;
}

let model: LoadedModel;

beforeAll(async () => {
  model = await LoadedModel.load(path.join(MODELS, 'nano'), { provider: 'cpu', threads: 1, trusted: true });
});

afterAll(() => model.dispose());

async function clips(set: string, count: number): Promise<Clip[]> {
  const lines = readFileSync(path.join(SETS, `${set}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .slice(0, count);
  return Promise.all(
    lines.map(async (line) => {
      const { text, audio } = JSON.parse(line) as { text: string; audio: string[] };
      return { text, samples: await readSound(path.join(SETS, audio[0]!)) };
    }),
  );
}

async function errors(spoken: readonly Clip[], by: 'wer' | 'cer', beamWidth?: number): Promise<number> {
  let [wrong, of] = [0, 0];
  for (const { text, samples } of spoken) {
    const found = hearingErrors(text, await model.transcribe(samples, { beamWidth }), by);
    wrong += found.errors;
    of += found.of;
  }
  return wrong / of;
}

test.each([
  ['speech-people', 'cer', 0.1],
  ['speech-zh', 'cer', 0.15],
  ['speech-known', 'wer', 0.25],
] as const)('%s: most is heard rightly, by a beam no less than by greedy choice', async (set, by, most) => {
  const spoken = await clips(set, 8);
  const found = await errors(spoken, by);
  expect(found).toBeLessThan(most);
  // So few clips: a word or two may go the other way.
  expect(found).toBeLessThan((await errors(spoken, by, 1)) + 0.08);
});

test('the same clip gives the same transcript, whatever was heard before it', async () => {
  const [first, second] = (await clips('speech-held', 8)).slice(6) as [Clip, Clip];
  const alone = await model.transcribe(first.samples);
  expect(alone).not.toBe('');
  await model.transcribe(second.samples);
  expect(await model.transcribe(first.samples)).toBe(alone);
});

test('an abort while it is written down is heard, and the next clip is none the worse', async () => {
  const [clip] = (await clips('speech-known', 2)).slice(1) as [Clip];
  const expected = await model.transcribe(clip.samples);
  const abort = new AbortController();
  const long = new Float32Array(9 * 16_000);
  for (let at = 0; at + clip.samples.length <= long.length; at += clip.samples.length)
    long.set(clip.samples, at);
  const stopped = model.transcribe(long, {}, abort.signal);
  setTimeout(() => abort.abort(), 20);
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  expect(await model.transcribe(clip.samples)).toBe(expected);
});
