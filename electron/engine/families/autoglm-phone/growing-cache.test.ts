import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFixture, fixtureFolder } from '../../../../models/builder/fixture-packages';
import { AppError } from '../../../contract/errors';
import { ManifestSchema } from '../../../contract/manifest';
import type { Session } from '../../ort/backend';
import { CpuBackend } from '../../ort/cpu-backend';
import { CachedDecoder } from '../cached-decoder';
import { createCache } from '../kv-cache';
import type { AutoglmPhonePrompt } from './prompt';
import { AutoglmPhoneSequence, type Growth } from './sequence';
import { readSettings, type Settings } from './settings';

/** A cache that starts small, against one that has all its rows from the start. */

interface Case {
  readonly input_ids: readonly number[];
  readonly decoder_ids: readonly number[];
}

const { cases } = JSON.parse(readFileSync(path.join(fixtureFolder('tiny'), 'reference.json'), 'utf8')) as {
  cases: Case[];
};
const ROWS = 96;
const GROWTH: Growth = { first: 8, step: 4, reserve: 4 };
const folder = path.join(mkdtempSync(path.join(tmpdir(), 'autoglm-growing-')), 'package');
let backend: CpuBackend;
let settings: Settings;
let encoder: Session;
let decoder: Session;

beforeAll(async () => {
  buildFixture('tiny', folder);
  const manifest = ManifestSchema.parse(JSON.parse(readFileSync(path.join(folder, 'autoglm.json'), 'utf8')));
  const graphs = manifest.graphs.cpu!;
  backend = new CpuBackend(1);
  settings = readSettings(manifest, graphs, ROWS);
  encoder = await backend.open(path.join(folder, graphs.files.encoder!));
  decoder = await backend.open(path.join(folder, graphs.files.decoder!));
});

afterAll(() => {
  encoder.dispose();
  decoder.dispose();
  backend.dispose();
  rmSync(path.dirname(folder), { recursive: true });
});

/** @param made gets the rows of every cache. @param most larger ones cannot be had. */
function sequence(growth: Growth | null, made: number[] = [], most = () => ROWS): AutoglmPhoneSequence {
  const context = { backend, encoder, decoder, features: null, longPrompts: null, growth };
  return new AutoglmPhoneSequence(context, settings, (rows) => {
    made.push(rows);
    if (rows > most()) throw new AppError('out-of-memory', 'no memory', { kind: 'gpu-memory' });
    const cache = createCache(backend, { ...settings, rows });
    const { vocabulary, activation, draftRows } = settings;
    return new CachedDecoder({
      backend,
      session: decoder,
      cache,
      rows,
      vocabulary,
      activation,
      draftRows,
      number: 1,
    });
  });
}

const promptOf = (ids: readonly number[], written: readonly number[] = [4]): AutoglmPhonePrompt => ({
  parts: { encoder: ids, decoder: written },
  media: [],
  written: [],
  length: ids.length + written.length,
});

async function write(
  one: AutoglmPhoneSequence,
  prompt: AutoglmPhonePrompt,
  steps: number,
): Promise<number[]> {
  await one.prefill(prompt);
  const tokens = [one.greedy()];
  while (tokens.length < steps) {
    await one.step(tokens.at(-1)!);
    tokens.push(one.greedy());
  }
  return tokens;
}

const long = () => cases.reduce((a, b) => (a.input_ids.length > b.input_ids.length ? a : b)).input_ids;

test('the same tokens, in a cache that grows while they are written', async () => {
  const made: number[] = [];
  const [growing, whole] = [sequence(GROWTH, made), sequence(null)];
  const ids = long();
  const steps = ROWS - ids.length - 1;
  expect(growing.room).toBe(ROWS);
  expect(await write(growing, promptOf(ids), steps)).toEqual(await write(whole, promptOf(ids), steps));
  expect(growing.room).toBe(whole.room);
  expect(made.length).toBeGreaterThan(3);
  expect([...made]).toEqual([...made].sort((a, b) => a - b));
  expect(made.every((rows) => rows % 4 === 0 && rows <= ROWS)).toBe(true);
  // What it has grown to it keeps: the next prompt finds room.
  const before = made.length;
  expect(await write(growing, promptOf(ids), 3)).toEqual(await write(whole, promptOf(ids), 3));
  expect(made.length).toBe(before);
  growing.dispose();
  whole.dispose();
});

test('an answer that is continued, and drafts, go on after the cache has grown', async () => {
  const [growing, whole] = [sequence(GROWTH), sequence(null)];
  const { input_ids, decoder_ids } = cases[0]!;
  const prompt = promptOf(input_ids, decoder_ids);
  for (const one of [growing, whole]) await one.prefill(prompt);
  expect(growing.greedy()).toBe(whole.greedy());
  for (let round = 0; round < 6; round++) {
    const draft = [5, 6, 7, 8, 9].map((id) => id + round);
    for (const one of [growing, whole]) {
      await one.drafts!.run(draft);
      one.drafts!.rewind(2);
    }
    const [a, b] = [growing, whole].map((one) => one.drafts!.logits(2).slice()) as [
      Float32Array,
      Float32Array,
    ];
    for (let i = 0; i < a.length; i++) expect(a[i]).toBeCloseTo(b[i]!, 3);
    expect(growing.room).toBe(whole.room);
  }
  await Promise.all([growing.step(11), whole.step(11)]);
  expect(growing.greedy()).toBe(whole.greedy());
  growing.dispose();
  whole.dispose();
});

test('tokens put in the place of others are followed by what follows them when they are written at once', async () => {
  const { input_ids } = cases[0]!;
  for (const growth of [null, GROWTH]) {
    const [one, fresh] = [sequence(growth), sequence(null)];
    await one.prefill(promptOf(input_ids));
    for (const token of [5, 6, 7]) await one.step(token);
    // More than one, as many as are taken back, fewer, and none but one more.
    for (const [count, tokens] of [
      [2, [8, 9, 10, 11, 12, 13]],
      [3, [20, 21, 22]],
      [5, [30]],
      [0, [31]],
    ] as const) {
      await one.replace(count, tokens);
    }
    await fresh.prefill(promptOf(input_ids, [4, 5, 8, 30, 31]));
    expect(one.room).toBe(fresh.room);
    const expected = fresh.logits();
    for (const [i, logit] of one.logits().entries()) expect(logit).toBeCloseTo(expected[i]!, 3);
    expect(one.greedy()).toBe(fresh.greedy());
    one.dispose();
    fresh.dispose();
  }
});

test('without memory for a larger cache the answer fails, and the next shorter prompt is read', async () => {
  let most = 40;
  const made: number[] = [];
  const growing = sequence(GROWTH, made, () => most);
  const ids = long().slice(0, 12);
  const expected = await write(growing, promptOf(ids), 20);
  await expect(write(growing, promptOf(ids), 60)).rejects.toMatchObject({ code: 'out-of-memory' });
  expect(made.at(-1)).toBeGreaterThan(40);
  expect(await write(growing, promptOf(ids), 20)).toEqual(expected);
  await expect(growing.prefill(promptOf([...ids, ...ids, ...ids, ...ids]))).rejects.toMatchObject({
    code: 'out-of-memory',
  });
  most = ROWS;
  expect((await write(growing, promptOf(ids), 60)).slice(0, 20)).toEqual(expected);
  growing.dispose();
});
