import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundled } from '../../build/testing/bundled';
import { writeCalibration, writeOutlierCheckpoint } from '../builder/awq/testing';
import { presets } from '../builder/families/autoglm-phone/config';
import { average, type Column, type Comparison, ComparisonSchema, markdown } from './compare-report';

const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

const column = (right: number, bytes: number): Column => ({
  bytes,
  smallerThanFp16: { quantized: 2, weights: 1.5 },
  decode: 100,
  scores: [
    { task: 'add', thinking: true, n: 10, percent: 10 * right },
    { task: 'add', thinking: false, n: 10, percent: 0 },
    { task: 'units', thinking: true, n: 2, percent: 100 },
    { task: 'units', thinking: false, n: 2, percent: 50 },
  ],
  answers: Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [
      `add-${i}`,
      { task: 'add', thinking: i < right ? 1 : 0, plain: 0 },
    ]),
  ),
});

describe('the report', () => {
  test('tasks count alike, however many lines they have', () => {
    expect(average(column(8, 1))).toBeCloseTo((80 + 0 + 100 + 50) / 4, 9);
  });

  test('a table with the loss against fp32', () => {
    const comparison: Comparison = {
      key: 'k',
      checkpoint: 'c',
      blockSize: 128,
      machine: '2 x test',
      columns: { 'int4-awq': column(6, 4e6), fp32: column(8, 30e6) },
    };
    const rows = markdown(comparison).split('\n');
    expect(rows[0]).toContain('with thinking / without. Quantized in blocks of 128, smaller where');
    expect(rows).toContain('| task | n | fp32 | int4-awq |');
    expect(rows).toContain('| add | 10 | 80.0 / 0.0 | 60.0 / 0.0 |');
    expect(rows).toContain('| package, MB |  | 30.0 | 4.0 |');
    expect(rows).toContain('| quantized part smaller than fp16 |  | 2.00x | 2.00x |');
    // Two of 20 answers are worse, none better.
    expect(rows.at(-2)).toMatch(
      /^\| int4-awq minus fp32 \| 20 \| 0 \/ 2 \| -10\.00 ± 6\.67 \| -10\.00 ± 6\.67 \| 0\.500 \|$/,
    );
  });
});

const bundle = bundled('models/eval/run.ts', 'models/eval/worker.ts');
beforeAll(() => {
  const beside = path.join(path.dirname(bundle('models/eval/run.ts')), 'sets');
  symlinkSync(path.join(import.meta.dirname, 'sets'), beside, 'junction');
});

/** `npm run eval -- …` */
function run(...args: string[]): Promise<{ code: number; out: string }> {
  const script = bundle('models/eval/run.ts');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], (_, out, error) => {
      resolve({ code: child.exitCode ?? -1, out: `${out}${error}` });
    });
  });
}

test('a checkpoint is built, scored and timed in each precision, once', async () => {
  const checkpoint = path.join(folder, 'checkpoint');
  writeOutlierCheckpoint(checkpoint, { ...presets.tiny!, max_position_embeddings: 2048 });
  const calibration = path.join(folder, 'calibration.jsonl');
  writeCalibration(calibration, 3);
  const out = path.join(folder, 'table.json');
  const table = (...columns: string[]) => {
    const what = ['--task', 'smalltalk', '--subset', '2', '--max-tokens', '4', '--processes', '1'];
    const how = ['--table', checkpoint, '--out', out, '--block', '64', '--awq', calibration];
    return run(...how, ...what, '--columns', ...columns);
  };
  const read = () => ComparisonSchema.parse(JSON.parse(readFileSync(out, 'utf8')));

  expect(await table('fp16', 'int4-awq')).toMatchObject({
    code: 0,
    // 4 bits, and 16 for each 64.
    out: expect.stringContaining('| quantized part smaller than fp16 |  | 1.00x | 3.76x |'),
  });
  const first = read();
  expect(Object.keys(first.columns)).toEqual(['fp16', 'int4-awq']);
  expect(first.columns['int4-awq']?.scores).toMatchObject([
    { task: 'smalltalk', thinking: true, n: 2 },
    { task: 'smalltalk', thinking: false, n: 2 },
  ]);
  expect(readFileSync(path.join(folder, 'table.md'), 'utf8')).toBe(markdown(first));
  expect(existsSync(`${out}.packages`)).toBe(false);

  // What was measured is not measured again.
  const more = ['fp16', 'int4', '--more', 'int4:4'];
  expect(await table(...more)).toMatchObject({
    code: 0,
    out: expect.stringContaining('int4-awq minus int4 | 4 |'),
  });
  const second = read();
  expect(second.columns.fp16?.answers).toEqual(first.columns.fp16?.answers);
  expect(second.columns['int4-awq']).toEqual(first.columns['int4-awq']);
  expect(Object.keys(second.columns.int4?.answers ?? {})).toHaveLength(4);
  for (const { decode } of Object.values(second.columns)) expect(decode).toBeGreaterThan(0);

  rmSync(path.join(checkpoint, 'model.safetensors'));
  expect(await table('int8')).toMatchObject({ code: 1, out: expect.stringContaining('model.safetensors') });
}, 180_000);
