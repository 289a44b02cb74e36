import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HubOrder, ToolMessage } from '../../../electron/contract/model-tool';
import { writeRandomFolder } from '../families/decoder/random-folder';
import { fixtureFolder } from '../fixture-packages';
import { runTool } from '../tool-commands';
import { readManifest, verifyPackage } from '../verify';
import { FakeHub } from './testing/fake-hub';
import { folderFiles } from './testing/folder-files';

let root = '';
let hub: FakeHub;
let into = '';
let out = '';

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'autoglm-get-'));
  into = path.join(root, 'downloads', 'small');
  out = path.join(root, 'models', 'small');
  hub = await FakeHub.start();
});
afterEach(async () => {
  await hub.close();
  rmSync(root, { recursive: true, force: true });
});

const REPOSITORY = 'someone/small';

function order(change: Partial<HubOrder> = {}): HubOrder {
  return {
    repository: REPOSITORY,
    revision: 'main',
    commit: hub.repositories.get(REPOSITORY)?.commit ?? '',
    variant: '',
    precision: null,
    keepSource: false,
    id: 'small',
    name: 'Small',
    license: 'mit',
    ...change,
  };
}

async function get(wanted: HubOrder): Promise<Extract<ToolMessage, { type: 'progress' }>[]> {
  const seen: Extract<ToolMessage, { type: 'progress' }>[] = [];
  const connection = { endpoint: hub.url, token: null, proxy: null };
  await runTool(
    { type: 'get', connection, order: wanted, into, out },
    {
      progress: (phase, fraction, secondsLeft, extra) =>
        seen.push({ type: 'progress', phase, fraction, secondsLeft: secondsLeft ?? null, ...extra }),
    },
  );
  return seen;
}

function genai(prefix = ''): Record<string, Buffer> {
  const folder = path.join(root, 'genai');
  writeRandomFolder(folder, 'genai');
  return folderFiles(folder, prefix);
}

test('a checkpoint is fetched and converted, and its source goes', async () => {
  hub.add(REPOSITORY, folderFiles(fixtureFolder('glm4v')));
  const seen = await get(order({ precision: 'int8' }));
  expect(readManifest(out)).toMatchObject({
    id: 'small',
    name: 'Small',
    family: 'glm4v',
    precision: 'int8',
    license: 'mit',
    source: `${hub.url}/${REPOSITORY}`,
  });
  expect(await verifyPackage(out)).toEqual([]);
  expect(existsSync(into)).toBe(false);
  const phases = [...new Set(seen.map(({ phase }) => phase))];
  expect(phases).toEqual(expect.arrayContaining(['download', 'convert', 'load']));
  const fractions = seen.map(({ fraction }) => fraction);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions.at(-1)).toBe(1);
});

test('its source stays where the user wants it, and is a checkpoint that can be converted again', async () => {
  hub.add(REPOSITORY, folderFiles(fixtureFolder('glm4v')));
  await get(order({ precision: 'int4', keepSource: true }));
  const { found } = await runTool({ type: 'inspect', path: into }, { progress: () => {} });
  expect(found).toMatchObject({ kind: 'checkpoint', family: 'glm4v' });
  expect(readdirSync(into).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('an ONNX export becomes a package as it is', async () => {
  hub.add(REPOSITORY, { 'README.md': Buffer.from('#'), ...genai('cpu/int4/') });
  await get(order({ variant: 'cpu/int4' }));
  expect(readManifest(out)).toMatchObject({ id: 'small', family: 'decoder', license: 'mit' });
  expect(await verifyPackage(out)).toEqual([]);
  expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(existsSync(into)).toBe(false);
});

test('so does one that lies at the root, and a finished package under a name of its own', async () => {
  hub.add(REPOSITORY, genai());
  await get(order());
  hub.push(REPOSITORY, folderFiles(out));
  rmSync(out, { recursive: true });
  await get(order({ id: 'other', name: 'Other' }));
  expect(readManifest(out)).toMatchObject({ id: 'other', name: 'Other', family: 'decoder' });
  expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('what is pushed meanwhile changes nothing; where the commit is gone, the one that is there now is fetched', async () => {
  hub.add(REPOSITORY, genai());
  const wanted = order();
  let first = true;
  hub.onFile = ({ path: name, response }) => {
    if (!first || !name.endsWith('.data')) return false;
    first = false;
    // The hub forgets the commit that is being fetched.
    hub.push(REPOSITORY, { ...genai(), 'special_tokens_map.json': Buffer.from('{}') });
    response.destroy();
    return true;
  };
  await get(wanted);
  expect(readdirSync(out)).toContain('special_tokens_map.json');
  expect(await verifyPackage(out)).toEqual([]);
  // What is the same in both was fetched once.
  expect(hub.ranges.filter((line) => line.startsWith('tokenizer.json'))).toHaveLength(1);
});

test('going on asks the hub for nothing that is there, not even for its list', async () => {
  const files = folderFiles(fixtureFolder('glm4v'));
  // Whole, as the hub has it, but it cannot be converted.
  hub.add(REPOSITORY, { ...files, 'model.safetensors': files['model.safetensors']!.subarray(0, 500_000) });
  const refused = () => expect(get(order({ precision: 'int8' }))).rejects.toThrow(/truncated/);
  await refused();
  expect(existsSync(into), 'what was fetched is kept').toBe(true);
  hub.paths.length = 0;
  await refused();
  expect(hub.paths).toEqual([]);
  // What was touched is compared, found to be another, and alone fetched again.
  writeFileSync(path.join(into, 'tokenizer.json'), 'touched');
  await refused();
  expect(hub.paths).toEqual([`/${REPOSITORY}/resolve/${order().commit}/tokenizer.json`]);
});

test('a graph that cannot be run is refused before its weights have come', async () => {
  const files = genai();
  const graph = Object.keys(files).find((name) => name.endsWith('.onnx')) ?? '';
  // The name of an input, of the same length, so that the file stays whole.
  const spoiled = Buffer.from(
    files[graph]!.toString('latin1').replaceAll('attention_mask', 'encoder_hiddenx'.slice(0, 14)),
    'latin1',
  );
  hub.add(REPOSITORY, { ...files, [graph]: spoiled, 'model.onnx.data': Buffer.alloc(5_000_000, 'weights') });
  // The weights begin to come and never end, so who waits for them before the graph is read waits for ever.
  hub.onFile = ({ path: name, data, response }) => {
    if (name !== 'model.onnx.data') return false;
    response.writeHead(200, { 'content-length': data.length });
    response.write(data.subarray(0, 1000));
    return true;
  };
  await expect(get(order())).rejects.toMatchObject({ details: { kind: 'onnx-graph' } });
  expect(existsSync(path.join(into, 'model.onnx.data'))).toBe(false);
});

test('a variant that the repository has no more is said', async () => {
  hub.add(REPOSITORY, genai());
  await expect(get(order({ variant: 'cuda/int4' }))).rejects.toMatchObject({
    details: { kind: 'hub-variant-gone' },
  });
});

test('a repository that is gone altogether is said, once', async () => {
  hub.add(REPOSITORY, genai());
  const wanted = order();
  hub.repositories.delete(REPOSITORY);
  await expect(get(wanted)).rejects.toMatchObject({ details: { kind: 'hub-absent' } });
});

test('a finished package whose files are not what it says is refused', async () => {
  hub.add(REPOSITORY, genai());
  await get(order());
  const files = folderFiles(out);
  const weights = Object.keys(files).find((name) => name.endsWith('.onnx')) ?? '';
  files[weights] = Buffer.concat([files[weights]!, Buffer.from('x')]);
  hub.push(REPOSITORY, files);
  rmSync(out, { recursive: true });
  await expect(get(order())).rejects.toMatchObject({ details: { kind: 'checkpoint-file-damaged' } });
  expect(existsSync(out)).toBe(false);
});
