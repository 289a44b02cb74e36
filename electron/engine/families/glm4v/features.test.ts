import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFixture, fixtureFolder } from '../../../../models/builder/fixture-packages';
import { ManifestSchema } from '../../../contract/manifest';
import type { HostTensor, Session, Tensor } from '../../ort/backend';
import { CpuBackend } from '../../ort/cpu-backend';
import { ImageFeatures, type KeptBytes } from './features';
import { readGrid } from './image';
import type { PromptImage } from './prompt';
import { readSettings, type Settings } from './settings';

/** What is kept of pictures, where. */

const folder = path.join(mkdtempSync(path.join(tmpdir(), 'autoglm-features-')), 'package');
const backend = new CpuBackend(1);
let settings: Settings;
let session: Session;
let images: readonly PromptImage[];
let runs = 0;

beforeAll(async () => {
  buildFixture('glm4v', folder);
  const manifest = ManifestSchema.parse(JSON.parse(readFileSync(path.join(folder, 'autoglm.json'), 'utf8')));
  const graphs = manifest.graphs.cpu!;
  settings = readSettings(manifest, graphs, 160);
  const opened = await backend.open(path.join(folder, graphs.files.vision!));
  session = {
    bind: (...args) => {
      runs++;
      return opened.bind(...args);
    },
    // Several caches share it here.
    dispose: () => {},
  };
  const { cases } = JSON.parse(readFileSync(path.join(fixtureFolder('glm4v'), 'cases.json'), 'utf8')) as {
    cases: readonly { images: readonly string[] }[];
  };
  const names = [...new Set(cases.flatMap((sample) => sample.images))].slice(0, 2);
  images = await Promise.all(
    names.map(async (name) => {
      const file = path.join(fixtureFolder('glm4v'), `images/${name}.png`);
      return { path: file, sha256: name, grid: await readGrid(file, settings.image) };
    }),
  );
  expect(images).toHaveLength(2);
});

afterAll(() => {
  backend.dispose();
  rmSync(path.dirname(folder), { recursive: true });
});

const valuesOf = (tensor: Tensor) => [...(tensor as HostTensor<'float32'>).data];

async function read(kept: KeptBytes, order: readonly number[]) {
  const features = new ImageFeatures(backend, session, settings, false, kept);
  const before = runs;
  const values: number[][] = [];
  for (const i of order) values.push(valuesOf(await features.of(images[i]!)));
  features.dispose();
  return { values, runs: runs - before };
}

test('what had to leave the device comes back without another run, as it was', async () => {
  const all = await read({ device: 1 << 20, host: 0 }, [0, 1, 0, 1, 0]);
  expect(all.runs).toBe(2);
  expect(all.values[0]).not.toEqual(all.values[1]);
  const moved = await read({ device: 1, host: 1 << 20 }, [0, 1, 0, 1, 0]);
  expect(moved.runs).toBe(2);
  expect(moved.values).toEqual(all.values);
});

test('what is kept nowhere is made again', async () => {
  const { runs, values } = await read({ device: 1, host: 0 }, [0, 0, 1, 0]);
  expect(runs).toBe(3);
  expect(values[3]).toEqual(values[0]);
});
