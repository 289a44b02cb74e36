import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { buildFixture, fixtureFolder } from '../../../models/builder/fixture-packages';
import { byteTokenizer } from '../../../models/builder/tokenizer';
import { type Manifest, ManifestSchema } from '../../contract/manifest';
import { MediaIndex } from '../families/autoglm-phone/media';
import { autoglmPhone } from '../families/autoglm-phone/model';
import type { AutoglmPhonePrompt } from '../families/autoglm-phone/prompt';
import type { Family, FamilyModel, Prompt } from '../families/family';
import { glm4v } from '../families/glm4v/model';
import type { Glm4vPrompt } from '../families/glm4v/prompt';
import { referenceOperators } from '../testing/own-operators';
import { CountedMemory, SharingBackend } from '../testing/sharing-backend';
import { Tokenizer } from '../tokenizer/tokenizer';
import { loadApi } from './api';
import type { Backend } from './backend';
import { CpuBackend, type CpuTuning } from './cpu-backend';
import type { OwnOperators } from './custom-operator';
import { sharedInitializers } from './external-data';
import { findRuntimeLibrary } from './library';
import { withOwnOperators } from './own-operators-graph';
import type { OrtSession } from './session';
import { WeightSharing } from './weight-sharing';

/** The CPU provider in CUDA's place: what is shared is the processor's memory, and all else is what a GPU gets. */

const api = loadApi(findRuntimeLibrary());
const root = mkdtempSync(path.join(tmpdir(), 'autoglm-weights-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Subject {
  readonly fixture: 'glm4v' | 'senses';
  readonly family: Family;
  readonly precision: 'fp32' | 'int4';
}

const subjects: readonly Subject[] = [
  { fixture: 'glm4v', family: glm4v, precision: 'fp32' },
  { fixture: 'glm4v', family: glm4v, precision: 'int4' },
  { fixture: 'senses', family: autoglmPhone, precision: 'fp32' },
  { fixture: 'senses', family: autoglmPhone, precision: 'int4' },
];
const folderOf = ({ fixture, precision }: Subject) => path.join(root, `${fixture}-${precision}`);
const textOf = (file: string) => readFileSync(file, 'utf8');

beforeAll(() => {
  for (const subject of subjects) {
    buildFixture(subject.fixture, folderOf(subject), { precision: subject.precision });
  }
});

const manifestOf = (folder: string): Manifest =>
  ManifestSchema.parse(JSON.parse(textOf(path.join(folder, 'autoglm.json'))));

const graphsOf = (folder: string): string[] =>
  Object.values(manifestOf(folder).graphs.cpu?.files ?? {}).map((file) => path.join(folder, file));

async function openModel({ family }: Subject, folder: string, backend: Backend): Promise<FamilyModel> {
  const tokenizer =
    family === glm4v
      ? await Tokenizer.read(path.join(folder, 'tokenizer.json'))
      : new Tokenizer(JSON.parse(byteTokenizer()));
  return family.open({ folder, manifest: manifestOf(folder), tokenizer, backend, contextLength: 256 });
}

const fixtureCases = (fixture: string) =>
  (
    JSON.parse(textOf(path.join(fixtureFolder(fixture as 'glm4v'), 'cases.json'))) as {
      cases: readonly {
        readonly name: string;
        readonly input_ids: readonly number[];
        readonly images: readonly string[];
        readonly grids: readonly (readonly [number, number, number])[];
        readonly media: readonly {
          readonly kind: 'image' | 'audio';
          readonly name: string;
          readonly start: number;
        }[];
      }[];
    }
  ).cases;

/** A prompt that every graph of the model has a part in. */
async function promptFor({ fixture }: Subject): Promise<Prompt> {
  const files = fixtureFolder(fixture);
  if (fixture === 'glm4v') {
    const { input_ids: tokens, images, grids } = fixtureCases(fixture).find(({ name }) => name === 'image')!;
    const prompt: Glm4vPrompt = {
      parts: { tokens },
      images: images.map((name, i) => ({
        path: path.join(files, `images/${name}.png`),
        sha256: name,
        grid: [grids[i]![1], grids[i]![2]],
      })),
      written: [],
      length: tokens.length,
    };
    return prompt;
  }
  const { input_ids, media } = fixtureCases(fixture).find(({ name }) => name === 'everything')!;
  const index = new MediaIndex({ picture: { cell: 32, maxCells: 64 }, sound: { cell: 640 }, rows: 256 });
  const placed = [];
  for (const { kind, name, start } of media) {
    const file = kind === 'image' ? `images/${name}.png` : `clips/${name}.wav`;
    const [medium] = await index.of({ type: kind, path: path.join(files, file), sha256: name });
    placed.push({ ...medium!, start });
  }
  const prompt: AutoglmPhonePrompt = {
    parts: { encoder: input_ids, decoder: [4] },
    media: placed,
    written: [],
    length: input_ids.length + 1,
  };
  return prompt;
}

/** Logits of the first eight tokens. */
async function answer(model: FamilyModel, prompt: Prompt): Promise<readonly number[]> {
  const sequence = model.createSequence();
  try {
    await sequence.prefill(prompt);
    const all = [...sequence.logits()];
    for (let i = 1; i < 8; i++) {
      await sequence.step(sequence.greedy());
      all.push(...sequence.logits());
    }
    return all;
  } finally {
    sequence.dispose();
  }
}

async function ownAnswer(subject: Subject, tuning: Partial<CpuTuning> = {}): Promise<readonly number[]> {
  const backend = new CpuBackend(1, tuning);
  const model = await openModel(subject, folderOf(subject), backend);
  try {
    return await answer(model, await promptFor(subject));
  } finally {
    model.dispose();
    backend.dispose();
  }
}

function sharingBackend(own?: OwnOperators): SharingBackend {
  const backend = new SharingBackend(own);
  onTestFinished(() => backend.dispose());
  return backend;
}

/** Wipes what is shared from the file, until the test ends. */
function wipeShared(folder: string): void {
  const ranges = graphsOf(folder).flatMap((file) => sharedInitializers(readFileSync(file), file, 1));
  const file = ranges[0]!.file;
  const whole = readFileSync(file);
  const write = (bytes: Uint8Array, offset: number) => {
    const handle = openSync(file, 'r+');
    writeSync(handle, bytes, 0, bytes.length, offset);
    closeSync(handle);
  };
  for (const { offset, bytes } of ranges) write(new Uint8Array(bytes), offset);
  onTestFinished(() => write(whole, 0));
}

describe.each(subjects)('$fixture, $precision', (subject) => {
  const folder = folderOf(subject);

  test('answers as it does with weights of its sessions’ own, which are not read', async () => {
    const expected = await ownAnswer(subject);
    const backend = sharingBackend();
    backend.afterLoad = () => wipeShared(folder);
    const model = await openModel(subject, folder, backend);
    expect(await answer(model, await promptFor(subject))).toEqual(expected);
    expect(backend.failures).toEqual([]);
    model.dispose();
  });

  test('holds each byte once, and none when the last session has gone', async () => {
    const backend = sharingBackend();
    const memory = backend.memoryOfWeights;
    const model = await openModel(subject, folder, backend);
    const ranges = graphsOf(folder).flatMap((file) => sharedInitializers(readFileSync(file), file, 1));
    const used = new Set<number>();
    for (const { offset, bytes } of ranges) for (let i = 0; i < bytes; i++) used.add(offset + i);
    const read = ranges.reduce((sum, { bytes }) => sum + bytes, 0);
    // Padding between two tensors comes along.
    expect(memory.bytes).toBeGreaterThanOrEqual(used.size);
    expect(memory.bytes).toBeLessThan(used.size + 256 * ranges.length);
    expect(memory.pieces.size).toBe(1);
    expect(memory.pinned).toBe(0);
    if (subject.fixture === 'senses') expect(read).toBeGreaterThan(1.1 * used.size);
    model.dispose();
    expect(memory.bytes).toBe(0);
  });
});

test('operators of our own read it as well', async () => {
  const subject = subjects[1]!;
  const rewrite = (model: Uint8Array) => withOwnOperators(model, 'float32');
  const own = { operators: referenceOperators('float32'), rewrite };
  const expected = await ownAnswer(subject, { own, prepacking: false });
  const backend = sharingBackend(own);
  backend.afterLoad = () => wipeShared(folderOf(subject));
  const model = await openModel(subject, folderOf(subject), backend);
  expect(await answer(model, await promptFor(subject))).toEqual(expected);
  expect(backend.failures).toEqual([]);
  model.dispose();
});

test('what a session’s arena holds is counted', async () => {
  const info = api.createMemoryInfo('Cpu', 1, 0, 0);
  const backend = new CpuBackend(1);
  const session = await backend.open(graphsOf(folderOf(subjects[1]!))[0]!);
  // Of packed weights and of constants; the file's own are mapped.
  expect(session.memoryInUse(info)).toBeGreaterThan(0);
  session.dispose();
  backend.dispose();
  api.releaseMemoryInfo(info);
});

describe('what goes wrong', () => {
  const subject = subjects[3]!;
  const folder = folderOf(subject);

  test('too little memory is said before anything is read', async () => {
    const backend = sharingBackend();
    backend.memoryOfWeights.isFull = true;
    await expect(openModel(subject, folder, backend)).rejects.toMatchObject({ code: 'out-of-memory' });
    expect(backend.failures).toEqual([]);
  });

  test.each(['a file that is too short', 'a session that refuses'])(
    '%s leaves each session its own',
    async (what) => {
      const expected = await ownAnswer(subject);
      const backend = sharingBackend();
      const weights = path.join(folder, 'weights.data');
      const whole = readFileSync(weights);
      let refusals = 0;
      if (what === 'a session that refuses') {
        // ORT refuses a second value of the same name.
        const name = sharedInitializers(readFileSync(graphsOf(folder)[0]!), graphsOf(folder)[0]!, 1)[0]!.name;
        backend.sabotage = (options) => {
          if (refusals++ > 0) return;
          const data = new Uint8Array(new ArrayBuffer(4));
          const value = api.createTensorWithData(
            backend.memoryOfWeights.info,
            data,
            4,
            BigInt64Array.of(4n),
            1,
            2,
          );
          onTestFinished(() => api.releaseValue(value));
          api.addInitializer(options, name, value);
        };
      } else {
        truncateSync(weights, whole.length - 1000);
        backend.afterLoad = () => {
          const handle = openSync(weights, 'r+');
          writeSync(handle, whole, 0, whole.length, 0);
          closeSync(handle);
        };
      }
      const model = await openModel(subject, folder, backend);
      expect(backend.memoryOfWeights.bytes).toBe(0);
      expect(backend.failures).toEqual([expect.stringMatching(/ends at byte|already been added/)]);
      expect(await answer(model, await promptFor(subject))).toEqual(expected);
      model.dispose();
    },
  );

  test('weights that did not arrive whole are not used', async () => {
    const backend = sharingBackend();
    backend.memoryOfWeights.isBroken = true;
    const expected = await ownAnswer(subject);
    const model = await openModel(subject, folder, backend);
    expect(backend.memoryOfWeights.bytes).toBe(0);
    expect(backend.failures).toEqual([expect.stringContaining('not those of the file')]);
    expect(await answer(model, await promptFor(subject))).toEqual(expected);
    model.dispose();
  });

  test('a session’s own error is said, not that of sharing', async () => {
    const backend = sharingBackend();
    await backend.shareWeights(graphsOf(folder));
    await expect(backend.open(path.join(folder, 'nothing.onnx'))).rejects.toMatchObject({
      details: { ort: expect.stringContaining("File doesn't exist") },
    });
    // Nothing has used it, and nothing will.
    expect(backend.memoryOfWeights.pieces.size).toBe(1);
    backend.sharing.dispose();
    expect(backend.memoryOfWeights.pieces.size).toBe(0);
  });

  test('weights that the runtime copied nevertheless are given back', async () => {
    const failures: string[] = [];
    const memory = new CountedMemory();
    const sharing = new WeightSharing(api, memory, (reason) => failures.push(reason));
    const [graph] = graphsOf(folder) as [string];
    await sharing.load([graph]);
    let made = 0;
    let disposed = 0;
    const session = {
      memoryInUse: () => 1 << 30,
      onDisposed: () => {},
      dispose: () => disposed++,
    } as unknown as OrtSession;
    const options = api.createSessionOptions();
    onTestFinished(() => api.releaseSessionOptions(options));
    // So little cannot be told from what a session takes itself.
    await sharing.open(graph, async (lend) => {
      lend(options);
      made++;
      return session;
    });
    expect([made, failures.length, memory.pieces.size]).toEqual([1, 0, 1]);
    const strict = new WeightSharing(api, memory, (reason) => failures.push(reason), 1);
    await strict.load([graph]);
    const other = api.createSessionOptions();
    onTestFinished(() => api.releaseSessionOptions(other));
    await strict.open(graph, async (lend) => {
      lend(other);
      made++;
      return session;
    });
    expect([made, disposed, memory.pieces.size]).toEqual([3, 1, 1]);
    expect(failures).toEqual([expect.stringContaining('copied')]);
  });

  test('graphs without weights outside have nothing to share', async () => {
    const backend = sharingBackend();
    expect(await backend.shareWeights([])).toBe(false);
    expect(backend.memoryOfWeights.pieces.size).toBe(0);
  });
});
