import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConvertOptions, convert } from '../convert';
import { tinyConfig as config } from '../testing';
import { readManifest, verifyPackage } from '../verify';
import { readChanges, writeChanges } from './changes';
import { awqFolder, type PrepareOptions, prepareAwq, summary } from './prepare';
import { writeCalibration, writeOutlierCheckpoint } from './testing';

let folder = '';
let options: PrepareOptions;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'autoglm-awq-prepare-'));
  writeOutlierCheckpoint(path.join(folder, 'checkpoint'), config);
  writeCalibration(path.join(folder, 'calibration.jsonl'), 4);
  options = {
    folder: path.join(folder, 'checkpoint'),
    out: path.join(folder, 'out'),
    calibration: path.join(folder, 'calibration.jsonl'),
    precision: 'int4',
    blockSize: 32,
    threads: 1,
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const weights = (out: string) => readFileSync(path.join(out, 'weights.data'));

test('a package of the changes, the same for any number of threads and unlike the one rounded to nearest', async () => {
  const { file, result } = await prepareAwq(options);
  expect(summary(result!)).toMatch(/squared error of the outputs \d+\.\d % less by scales/);
  const names = { id: 'tiny', name: 'Tiny', license: 'Apache-2.0', source: 'test' };
  const built = async (name: string, awq: string | undefined, workers?: number) => {
    const out = path.join(folder, name);
    const { folder: checkpoint, precision, blockSize } = options;
    const asked: ConvertOptions = { out, precision, blockSize, names, ...(workers && { workers }) };
    await convert(
      { kind: 'folder', folder: checkpoint, ...(awq && { awq }) },
      { ...asked, ...(awq && { quantizer: 'awq' }) },
    );
    expect(await verifyPackage(out)).toEqual([]);
    return out;
  };
  const here = await built('here', file);
  expect(readManifest(here)).toMatchObject({ precision: 'int4', quantizer: 'awq' });
  expect(weights(await built('threads', file, 2)).equals(weights(here))).toBe(true);
  const nearest = await built('nearest', undefined);
  expect(readManifest(nearest).quantizer).toBeUndefined();
  expect(weights(nearest).length).toBe(weights(here).length);
  expect(weights(nearest).equals(weights(here))).toBe(false);
});

test('asked again, it finds what it found; asked for something else, it searches', async () => {
  const first = await prepareAwq(options);
  expect(readdirSync(awqFolder(options.out))).toEqual([path.basename(first.file)]);
  const again = await prepareAwq(options);
  expect(again).toEqual({ file: first.file });
  const other = await prepareAwq({ ...options, precision: 'int8' });
  expect(other.result).toBeDefined();
  expect(other.file).not.toBe(first.file);
  writeCalibration(options.calibration, 5);
  expect((await prepareAwq(options)).result).toBeDefined();
});

test('the file holds every change', async () => {
  const { file, result } = await prepareAwq(options);
  expect(readChanges(file)).toEqual(result?.changes);
  const again = path.join(folder, 'again');
  writeChanges(again, readChanges(file));
  expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
});

test('a damaged file is refused', async () => {
  const { file } = await prepareAwq(options);
  const data = readFileSync(file);
  writeFileSync(file, data.subarray(0, data.length - 10));
  await expect(prepareAwq(options)).rejects.toThrow(
    /\.changes is damaged \(.*delete it and build the package again/,
  );
  writeFileSync(file, 'nothing of the kind, but long enough');
  expect(() => readChanges(file)).toThrow(/is damaged/);
});

test('fp16 is refused before anything is made', async () => {
  await expect(prepareAwq({ ...options, precision: 'fp16' })).rejects.toThrow(/fp16 does not round them/);
  expect(existsSync(awqFolder(options.out))).toBe(false);
});
