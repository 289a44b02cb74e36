import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConvertOptions, convert } from '../convert';
import { SafetensorsSource } from '../safetensors';
import { tinyConfig as config } from '../testing';
import { readManifest, verifyPackage } from '../verify';
import { ChangesWriter, readChanges } from './changes';
import { awqFolder, type PrepareOptions, prepareAwq, summary } from './prepare';
import { AwqSource } from './source';
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

test('the file holds every change, and matrices in pieces of rows', async () => {
  const { file } = await prepareAwq(options);
  const changes = readChanges(file);
  expect(changes.get('encoder.norm.weight')?.rows).toHaveLength(config.hidden_size);
  const { rounded } = changes.get('decoder.layers.1.mlp.fc2.weight')!;
  const columns = config.intermediate_size;
  const whole = rounded!.read(0, config.hidden_size, columns);
  const piece = rounded!.read(10, 3, columns);
  const codes = columns / 2;
  expect(piece.codes).toEqual(whole.codes.slice(10 * codes, 13 * codes));
  const blocks = columns / 32;
  expect(piece.scales).toEqual(whole.scales.slice(10 * blocks, 13 * blocks));
  // It is for one form of the matrix.
  const source = new AwqSource(new SafetensorsSource(options.folder), changes);
  expect(() => source.quantized('decoder.layers.1.mlp.fc2.weight', 0, 1, 64, 4)).toThrow(
    /blocks of 32, not .* 64/,
  );
  source.close();
});

test('a search that fails leaves nothing behind', async () => {
  const writer = new ChangesWriter(path.join(folder, 'changes'));
  const broken = (async function* () {
    yield { codes: new Uint8Array(16), scales: new Uint16Array(1) };
    throw new Error('broken');
  })();
  await expect(writer.addRounded('w', 4, 32, broken)).rejects.toThrow('broken');
  writer.abandon();
  expect(readdirSync(folder).filter((name) => name.startsWith('changes'))).toEqual([]);
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
