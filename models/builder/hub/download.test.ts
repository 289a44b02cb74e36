import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HubAccess, listRepository, readFacts } from './api';
import { diskError } from './disk-error';
import { bytesThere, type DownloadOptions, downloadFiles } from './download';
import { openNetwork } from './network';
import { PARTS_FILE } from './parts';
import { FakeHub, type FileRequest } from './testing/fake-hub';
import type { TransferProgress } from './transfer-progress';

const MB = 1_000_000;
const WEIGHTS = 'model.safetensors';
const weights = randomBytes(3 * MB);
const files = {
  'config.json': Buffer.from('{"model_type":"glm4v"}'),
  'tokenizer.json': Buffer.from('{}'),
  [WEIGHTS]: weights,
  'empty.json': Buffer.alloc(0),
};

let hub: FakeHub;
let access: HubAccess;
let into = '';

beforeEach(async () => {
  into = path.join(mkdtempSync(path.join(tmpdir(), 'autoglm-hub-')), 'download');
  hub = await FakeHub.start();
  hub.add('someone/phone', files);
  access = { endpoint: hub.url, token: null, fetch: await openNetwork(null) };
});

afterEach(async () => {
  await hub.close();
  rmSync(path.dirname(into), { recursive: true, force: true });
});

const quick = { pieceBytes: MB, backoffMs: () => 1, saveMs: 0, stallMs: 60_000, tries: 3 } as const;

async function fetchAll(options: Partial<DownloadOptions> = {}): Promise<void> {
  const { commit } = await readFacts(access, 'someone/phone', 'main');
  const listed = await listRepository(access, 'someone/phone', commit);
  await downloadFiles(access, {
    repository: 'someone/phone',
    commit,
    files: listed,
    into,
    ...options,
    tuning: { ...quick, ...options.tuning },
  });
}

const onWeights = (answer: (file: FileRequest) => boolean) => {
  hub.onFile = (file) => file.path === WEIGHTS && answer(file);
};

const whole = () => {
  for (const [name, data] of Object.entries(files)) {
    expect(readFileSync(path.join(into, name)).equals(data), name).toBe(true);
  }
  expect(readdirSync(into).filter((name) => name.endsWith('.part'))).toEqual([]);
};

/** Bytes of the weights that were asked for. */
const asked = () =>
  hub.ranges
    .filter((line) => line.startsWith(`${WEIGHTS} `))
    .map((line) => {
      const [from = 0, to = 0] = (line.split(' ')[1] ?? '').split('-').map(Number);
      return to - from + 1;
    })
    .reduce((a, b) => a + b, 0);

test('files arrive whole, large ones in several pieces, the smallest first', async () => {
  const seen: TransferProgress[] = [];
  const arrived: string[] = [];
  await fetchAll({
    onProgress: (progress) => seen.push(progress),
    onFile: ({ path: name }) => void arrived.push(name),
  });
  whole();
  expect(arrived[0]).toBe('empty.json');
  expect(arrived.at(-1)).toBe(WEIGHTS);
  expect(hub.ranges.filter((line) => line.startsWith(WEIGHTS)).sort()).toEqual([
    `${WEIGHTS} 0-999999`,
    `${WEIGHTS} 1000000-1999999`,
    `${WEIGHTS} 2000000-2999999`,
  ]);
  const total = Object.values(files).reduce((sum, data) => sum + data.length, 0);
  expect(seen.at(-1)).toMatchObject({ bytes: total, totalBytes: total, waiting: null });
  expect(bytesThere(into, await listRepository(access, 'someone/phone', 'main'))).toBe(total);
});

test('what is there is fetched no second time; what was touched meanwhile is', async () => {
  await fetchAll();
  const before = hub.ranges.length;
  await fetchAll();
  expect(hub.ranges.length).toBe(before);
  writeFileSync(path.join(into, WEIGHTS), randomBytes(weights.length));
  await fetchAll();
  whole();
  expect(hub.ranges.length).toBe(before + 3);
});

test('ended in the middle, it goes on at the byte where it was', async () => {
  const abort = new AbortController();
  let sent = 0;
  // The first piece comes whole, half of the second, and then nobody sends any more.
  onWeights(({ data, range, response }) => {
    const [from, to] = range ?? [0, 0];
    if (++sent === 1) return false;
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${data.length}` });
    response.write(data.subarray(from, from + 400_000));
    return true;
  });
  const ended = fetchAll({
    signal: abort.signal,
    tuning: { connections: 1 },
    onProgress: ({ bytes }) => {
      if (bytes > 1.3 * MB) abort.abort(new Error('closed'));
    },
  });
  await expect(ended).rejects.toThrow('closed');
  const kept = 1.4 * MB;
  hub.onFile = () => false;
  hub.ranges.length = 0;
  await fetchAll();
  whole();
  expect(hub.ranges[0]).toBe(`${WEIGHTS} ${kept}-2399999`);
  expect(asked()).toBe(3 * MB - kept);
});

test('what has come is written down while nothing more comes', async () => {
  onWeights(({ data, range, response }) => {
    const [from, to] = range ?? [0, 0];
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${data.length}` });
    response.write(data.subarray(from, from + 1000));
    return true;
  });
  const abort = new AbortController();
  const fetching = fetchAll({ signal: abort.signal, tuning: { connections: 1 } }).catch(() => {});
  const noted = () => readFileSync(path.join(into, PARTS_FILE), 'utf8');
  await vi.waitFor(() => expect(noted()).toContain('"have":[[0,1000]]'), { timeout: 10_000 });
  abort.abort(new Error('ended'));
  await fetching;
});

test('ended by force, it trusts no more than was written down', async () => {
  await fetchAll();
  const part = path.join(into, `${WEIGHTS}.part`);
  rmSync(path.join(into, WEIGHTS));
  // As after a crash: the bytes are there, but only the first million was noted.
  const noted = JSON.parse(readFileSync(path.join(into, PARTS_FILE), 'utf8'));
  noted[WEIGHTS] = { ...noted[WEIGHTS], have: [[0, MB]], whole: null };
  writeFileSync(path.join(into, PARTS_FILE), JSON.stringify(noted));
  writeFileSync(part, Buffer.concat([weights.subarray(0, MB), randomBytes(MB)]));
  hub.ranges.length = 0;
  await fetchAll();
  whole();
  expect(asked()).toBe(2 * MB);
});

test.each([
  ['no notes at all', (part: string) => writeFileSync(part, randomBytes(5 * MB)), false],
  ['notes that nobody can read', (part: string) => writeFileSync(part, randomBytes(MB)), true],
])('a partial file with %s is begun anew', async (_, leave, garbled) => {
  mkdirSync(into, { recursive: true });
  leave(path.join(into, `${WEIGHTS}.part`));
  if (garbled) writeFileSync(path.join(into, PARTS_FILE), '{"model.safetensors": {"have": "all"}');
  await fetchAll();
  whole();
  expect(asked()).toBe(3 * MB);
});

test('a file that became another one while it was away begins anew', async () => {
  await fetchAll();
  const other = randomBytes(3 * MB);
  hub.push('someone/phone', { ...files, [WEIGHTS]: other });
  rmSync(path.join(into, WEIGHTS));
  writeFileSync(path.join(into, `${WEIGHTS}.part`), weights.subarray(0, 2 * MB));
  await fetchAll();
  expect(readFileSync(path.join(into, WEIGHTS)).equals(other)).toBe(true);
});

test('a server that knows no ranges sends it whole', async () => {
  onWeights(({ data, response }) => {
    response.writeHead(200, { 'content-length': data.length }).end(data);
    return true;
  });
  await fetchAll();
  whole();
});

test('a server that knows no ranges and breaks off is asked for all of it again', async () => {
  let times = 0;
  onWeights(({ data, range, response }) => {
    if (range === null && ++times === 1) {
      response.writeHead(200, { 'content-length': data.length });
      response.write(data.subarray(0, 500_000), () => setTimeout(() => response.destroy(), 30));
    } else response.writeHead(200, { 'content-length': data.length }).end(data);
    return true;
  });
  await fetchAll();
  whole();
  expect(times).toBe(2);
});

test('a server that says there is no such range makes it begin anew, and is not asked without end', async () => {
  let refused = 0;
  onWeights(({ response }) => {
    refused += 1;
    response.writeHead(416).end();
    return true;
  });
  await expect(fetchAll()).rejects.toMatchObject({ details: { kind: 'download-changed' } });
  expect(refused).toBeLessThanOrEqual(3);
  hub.onFile = () => false;
  await fetchAll();
  whole();
});

test('a content that is no longer the listed one is found out before its bytes are taken', async () => {
  const { commit } = await readFacts(access, 'someone/phone', 'main');
  const listed = await listRepository(access, 'someone/phone', commit);
  hub.repositories.get('someone/phone')!.files = { ...files, [WEIGHTS]: randomBytes(3 * MB) };
  const download = downloadFiles(access, {
    repository: 'someone/phone',
    commit,
    files: listed,
    into,
    tuning: quick,
  });
  await expect(download).rejects.toMatchObject({ details: { kind: 'download-changed', file: WEIGHTS } });
  expect(hub.ranges.some((line) => line.startsWith(WEIGHTS))).toBe(false);
});

test('bytes that are not those the hub lists are fetched once more, and then refused', async () => {
  let spoiled = 3;
  onWeights(({ data, range, response }) => {
    if (--spoiled < 0) return false;
    const [from, to] = range ?? [0, data.length - 1];
    const body = Buffer.from(data.subarray(from, to + 1));
    body.writeUInt8(body.readUInt8(0) ^ 1, 0);
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${data.length}` }).end(body);
    return true;
  });
  await fetchAll();
  whole();

  rmSync(into, { recursive: true });
  spoiled = 1_000;
  await expect(fetchAll()).rejects.toMatchObject({ details: { kind: 'download-damaged', file: WEIGHTS } });
  expect(existsSync(path.join(into, WEIGHTS))).toBe(false);
  expect(existsSync(path.join(into, `${WEIGHTS}.part`))).toBe(false);
});

test('a body that ends early is gone on with', async () => {
  let cuts = 0;
  onWeights(({ data, range, response }) => {
    const [from, to] = range ?? [0, 0];
    if (++cuts > 4) return false;
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${data.length}` });
    // Chunked, so that its end looks like one.
    response.end(data.subarray(from, from + 100_000));
    return true;
  });
  await fetchAll({ tuning: { connections: 1 } });
  whole();
  expect(asked()).toBeGreaterThan(3 * MB);
});

test('a connection that breaks behind the last byte is not asked for more', async () => {
  onWeights(({ data, range, response }) => {
    const [from, to] = range ?? [0, 0];
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${data.length}` });
    // And never ends.
    response.write(data.subarray(from, to + 1));
    return true;
  });
  await fetchAll({ tuning: { stallMs: 900 } });
  whole();
  expect(asked()).toBe(3 * MB);
});

test('a connection that is silent is given up and tried again', async () => {
  let silent = 2;
  onWeights(({ data, range, response }) => {
    if (--silent < 0) return false;
    const [from, to] = range ?? [0, 0];
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${data.length}` });
    response.write(data.subarray(from, from + 1000));
    return true;
  });
  await fetchAll({ tuning: { stallMs: 600 } });
  whole();
});

test('one that stays silent is named, after as many tries as there are', async () => {
  let tries = 0;
  const waits: number[] = [];
  onWeights(() => {
    tries += 1;
    return true;
  });
  const kinds = new Set<unknown>();
  await expect(
    fetchAll({
      tuning: {
        stallMs: 600,
        connections: 1,
        backoffMs: (attempt) => {
          waits.push(attempt);
          return 300;
        },
      },
      onProgress: ({ waiting }) => {
        if (waiting) kinds.add(waiting.error.details?.kind);
      },
    }),
  ).rejects.toMatchObject({ details: { kind: 'download-stalled' } });
  expect(tries).toBe(3);
  expect(waits).toEqual([1, 2]);
  expect([...kinds], 'whoever watches hears why nothing comes').toEqual(['download-stalled']);
});

test('a server that asks to wait is waited for, as long as it says', async () => {
  let first = true;
  onWeights(({ response }) => {
    if (!first) return false;
    first = false;
    response.writeHead(429, { 'retry-after': '1' }).end();
    return true;
  });
  const before = performance.now();
  await fetchAll({ tuning: { connections: 1 } });
  expect(performance.now() - before).toBeGreaterThan(950);
  whole();
});

test('an hour is not waited for', async () => {
  onWeights(({ response }) => {
    response.writeHead(503, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }).end();
    return true;
  });
  await expect(fetchAll()).rejects.toMatchObject({ details: { kind: 'host-error', status: 503 } });
});

test('an address of the storage that has run out is asked for anew', async () => {
  let expired = 2;
  onWeights(({ response }) => {
    if (--expired < 0) return false;
    response.writeHead(403).end();
    return true;
  });
  await fetchAll();
  whole();
});

test('the token is for the hub and goes to no other host', async () => {
  hub.repositories.get('someone/phone')!.token = 'hf_secret';
  access = { ...access, token: 'hf_secret' };
  await fetchAll();
  whole();
  expect(hub.cdnAuthorizations.length).toBeGreaterThan(0);
  expect(hub.cdnAuthorizations.every((header) => header === undefined)).toBe(true);
});

test('a list that goes on at another host does not take the token there', async () => {
  access = { ...access, token: 'hf_secret' };
  hub.onApi = (request, response) => {
    if (!request.url?.includes('/tree/')) return false;
    response.setHeader('link', `<${hub.cdn}/someone/x/y>; rel="next"`);
    response.setHeader('content-type', 'application/json').end('[]');
    return true;
  };
  await expect(listRepository(access, 'someone/phone', 'main')).rejects.toThrow();
  expect(hub.cdnAuthorizations).toEqual([undefined]);
});

test('a server without end is left at the end', async () => {
  onWeights(({ data, range, response }) => {
    const [from, to] = range ?? [0, 0];
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${data.length}` });
    response.write(data.subarray(from, to + 1));
    const more = () => void response.write(data, () => !response.destroyed && setImmediate(more));
    more();
    return true;
  });
  await fetchAll();
  whole();
  expect(statSync(path.join(into, WEIGHTS)).size).toBe(3 * MB);
});

test('files of which the hub tells no size and no checksum arrive too, and are never gone on with', async () => {
  const listed = [{ path: WEIGHTS, bytes: null, hash: null }];
  const { commit } = await readFacts(access, 'someone/phone', 'main');
  const fetchIt = (progress?: (p: TransferProgress) => void) =>
    downloadFiles(access, {
      repository: 'someone/phone',
      commit,
      files: listed,
      into,
      tuning: { ...quick, tries: 1 },
      ...(progress && { onProgress: progress }),
    });
  onWeights(({ data, response }) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' });
    response.write(data.subarray(0, MB), () => setTimeout(() => response.destroy(), 30));
    return true;
  });
  await expect(fetchIt()).rejects.toMatchObject({ details: { kind: 'host-unreachable' } });
  hub.onFile = () => false;
  const totals = new Set<number | null>();
  await fetchIt(({ totalBytes }) => totals.add(totalBytes));
  expect(readFileSync(path.join(into, WEIGHTS)).equals(weights)).toBe(true);
  expect(totals.has(null)).toBe(true);
});

test('more than the disk has is refused before a byte', async () => {
  const { commit } = await readFacts(access, 'someone/phone', 'main');
  const hash = { algorithm: 'sha256' as const, hex: createHash('sha256').update('x').digest('hex') };
  const download = downloadFiles(access, {
    repository: 'someone/phone',
    commit,
    files: [{ path: WEIGHTS, bytes: 1e17, hash }],
    into,
  });
  await expect(download).rejects.toMatchObject({ details: { kind: 'disk-space' } });
  expect(hub.ranges).toEqual([]);
});

test.runIf(process.getuid?.() !== 0)('a folder that cannot be written to is named', async () => {
  mkdirSync(into, { recursive: true, mode: 0o500 });
  await expect(fetchAll()).rejects.toMatchObject({ details: { kind: 'folder-unwritable' } });
});

test.each([
  ['ENOSPC', 'work-disk-full'],
  ['EDQUOT', 'work-disk-full'],
  ['EACCES', 'folder-unwritable'],
  ['EROFS', 'folder-unwritable'],
])('%s is a sentence', (code, kind) => {
  expect(diskError(Object.assign(new Error('write'), { code }), '/models')).toMatchObject({
    details: { kind },
  });
  const other = new Error('something else');
  expect(diskError(other, '/models')).toBe(other);
});

test('a file that stands where a folder must be is no crash', async () => {
  writeFileSync(into, 'x');
  await expect(fetchAll()).rejects.toThrow();
});
