import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigSchema, loadConfig } from '../../../../models/builder/families/autoglm-phone/config';
import { buildFixture, fixtureFolder } from '../../../../models/builder/fixture-packages';
import { byteTokenizer } from '../../../../models/builder/tokenizer';
import { type Manifest, ManifestSchema } from '../../../contract/manifest';
import type { Backend, Session } from '../../ort/backend';
import { CpuBackend } from '../../ort/cpu-backend';
import { Tokenizer } from '../../tokenizer/tokenizer';
import type { FamilyModel, Sequence } from '../family';
import { autoglmPhone } from './model';
import type { AutoglmPhonePrompt } from './prompt';

/** Sparse attention over the engine's own runtime, against PyTorch: models/train/fixtures_sparse.py. */

interface Case {
  readonly input_ids: readonly number[];
  readonly decoder_ids: readonly number[];
  readonly logits: readonly (readonly number[])[];
}

const fixture = fixtureFolder('tiny');
const { cases, sparse_attention } = JSON.parse(readFileSync(path.join(fixture, 'sparse.json'), 'utf8')) as {
  readonly cases: readonly Case[];
  readonly sparse_attention: { readonly min_length: number };
};
const temporary = mkdtempSync(path.join(tmpdir(), 'autoglm-long-'));
const folder = path.join(temporary, 'package');
let backend: Backend;
let manifest: Manifest;
let model: FamilyModel;
const opened: string[] = [];

beforeAll(async () => {
  const config = ConfigSchema.parse({ ...loadConfig(path.join(fixture, 'config.json')), sparse_attention });
  buildFixture('tiny', folder, { config, precision: 'fp16' });
  backend = new CpuBackend(1);
  const open = backend.open.bind(backend);
  backend.open = (file): Promise<Session> => {
    opened.push(path.basename(file));
    return open(file);
  };
  manifest = ManifestSchema.parse(JSON.parse(readFileSync(path.join(folder, 'autoglm.json'), 'utf8')));
  const tokenizer = new Tokenizer(JSON.parse(byteTokenizer()));
  model = await autoglmPhone.open({ folder, manifest, tokenizer, backend, contextLength: 128 });
});

afterAll(() => {
  model.dispose();
  backend.dispose();
  rmSync(temporary, { recursive: true });
});

const promptOf = (encoder: readonly number[], decoder: readonly number[]): AutoglmPhonePrompt => ({
  parts: { encoder, decoder },
  media: [],
  written: [],
  length: encoder.length + decoder.length,
});

function relativeError(actual: Float32Array, expected: readonly number[]): number {
  const difference = expected.reduce((most, value, i) => Math.max(most, Math.abs(actual[i]! - value)), 0);
  return difference / expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

async function check(sequence: Sequence, { input_ids, decoder_ids, logits }: Case): Promise<void> {
  await sequence.prefill(promptOf(input_ids, decoder_ids.slice(0, 1)));
  for (const [t, expected] of logits.entries()) {
    if (t > 0) await sequence.step(decoder_ids[t]!);
    expect(relativeError(sequence.logits(), expected)).toBeLessThan(1e-4);
  }
}

test('short and long prompts in turn, as PyTorch; the sparse decoder is opened for the first long one', async () => {
  const [short, ...long] = cases;
  expect(short!.input_ids.length).toBeLessThan(sparse_attention.min_length);
  const sequence = model.createSequence();
  await check(sequence, short!);
  expect(opened).not.toContain('decoder.sparse.fp32.onnx');
  for (const one of long) await check(sequence, one);
  await check(sequence, short!);
  expect(opened.filter((name) => name === 'decoder.sparse.fp32.onnx')).toHaveLength(1);
  sequence.dispose();
});

test('a sequence that is disposed of leaves the model to the others', async () => {
  const [first, second] = [model.createSequence(), model.createSequence()];
  await first.prefill(promptOf(cases[3]!.input_ids, [4]));
  first.dispose();
  await check(second, cases[2]!);
  second.dispose();
});

test('a sparse decoder that cannot be opened fails the long prompt, and not the short ones after it', async () => {
  const files = { ...manifest.graphs.cpu!.files, 'decoder.sparse': 'missing.onnx' };
  const broken = { ...manifest, graphs: { cpu: { ...manifest.graphs.cpu!, files } } };
  const tokenizer = new Tokenizer(JSON.parse(byteTokenizer()));
  const other = await autoglmPhone.open({ folder, manifest: broken, tokenizer, backend, contextLength: 128 });
  const sequence = other.createSequence();
  await expect(sequence.prefill(promptOf(cases[2]!.input_ids, [4]))).rejects.toThrow();
  await check(sequence, cases[0]!);
  sequence.dispose();
  other.dispose();
});
