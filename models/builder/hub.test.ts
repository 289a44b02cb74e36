import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchCheckpoint, isRepository } from './hub';

/** A hub of our own, with what the real one's API answers: the tree of a repository, and files by byte ranges. */

const files: Record<string, Buffer> = {
  'config.json': Buffer.from('{"model_type":"glm4v"}'),
  'tokenizer.json': Buffer.from('{}'),
  'model-00001-of-00001.safetensors': Buffer.alloc(3_000_000, 'weights '),
  'pytorch_model.bin': Buffer.alloc(1000),
  'README.md': Buffer.from('read me'),
  // On Windows a path that leads out of the folder.
  '..\\..\\startup.json': Buffer.from('{}'),
};

let server: Server;
let url = '';
let into = '';
/** Bytes after which the connection is cut, once. */
let cutAfter = 0;
let ranges: string[] = [];
let damaged = false;
let endless = false;

beforeEach(async () => {
  into = path.join(mkdtempSync(path.join(tmpdir(), 'autoglm-hub-')), 'download');
  cutAfter = 0;
  ranges = [];
  damaged = false;
  endless = false;
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://hub');
    if (pathname === '/api/models/someone/phone/tree/main') {
      const tree = Object.entries(files).map(([name, data]) => entry(name, data));
      response.setHeader('content-type', 'application/json').end(JSON.stringify(tree));
      return;
    }
    const name = /^\/someone\/phone\/resolve\/main\/(.+)$/.exec(pathname)?.[1] ?? '';
    const data = files[name];
    if (!data) {
      response.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end();
      return;
    }
    const range = /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? '');
    const from = Number(range?.[1] ?? 0);
    const to = Number(range?.[2] ?? data.length - 1);
    ranges.push(`${name} ${from}-${to}`);
    if (endless && name.endsWith('.safetensors')) {
      response.writeHead(206, { etag: '"x"', 'content-range': `bytes ${from}-${to}/${data.length}` });
      const more = () => void response.write(data, () => !response.destroyed && setImmediate(more));
      return more();
    }
    response.writeHead(206, {
      etag: '"x"',
      'content-range': `bytes ${from}-${to}/${data.length}`,
      'content-length': to - from + 1,
    });
    const body = Buffer.from(data.subarray(from, to + 1));
    if (damaged && name.endsWith('.safetensors')) body.fill(0);
    if (cutAfter > 0 && body.length > cutAfter) {
      const half = body.subarray(0, cutAfter);
      cutAfter = 0;
      response.write(half, () => setTimeout(() => response.destroy(), 50));
    } else response.end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(path.dirname(into), { recursive: true, force: true });
});

function entry(path: string, data: Buffer) {
  const large = path.endsWith('.safetensors');
  const git = createHash('sha1').update(`blob ${data.length}\0`).update(data).digest('hex');
  const lfs = { oid: createHash('sha256').update(data).digest('hex'), size: data.length, pointerSize: 130 };
  return { type: 'file', path, size: data.length, oid: git, ...(large && { lfs }) };
}

const fetchIt = (repository = 'someone/phone', consent = true) =>
  fetchCheckpoint(repository, { revision: 'main', consent, into, hubUrl: url, onProgress: () => {} });

test('a repository is told from a folder', () => {
  expect(isRepository('zai-org/AutoGLM-Phone-9B')).toBe(true);
  for (const other of ['models/nano', './a/b', '/a/b', 'a', 'a/b/c', 'models/../b']) {
    expect(isRepository(other), other).toBe(false);
  }
});

test('what a checkpoint needs is fetched, and nothing else', async () => {
  expect(await fetchIt()).toBe(into);
  expect(readdirSync(into).sort()).toEqual([
    'config.json',
    'model-00001-of-00001.safetensors',
    'tokenizer.json',
  ]);
  for (const name of readdirSync(into))
    expect(readFileSync(path.join(into, name)).equals(files[name]!)).toBe(true);
  const before = ranges.length;
  await fetchIt();
  expect(ranges.length, 'nothing is fetched twice').toBe(before);
});

test('a file that does not end where the hub says is given up, and fetched anew', async () => {
  endless = true;
  await expect(fetchIt()).rejects.toThrow(/of 3000000 bytes arrived/);
  const { size } = statSync(path.join(into, 'model-00001-of-00001.safetensors.part'));
  expect(size).toBeLessThan(20_000_000);
  endless = false;
  await fetchIt();
  expect(readdirSync(into)).not.toContain('model-00001-of-00001.safetensors.part');
});

test('without consent nothing but the list is fetched, and the size is said', async () => {
  await expect(fetchIt('someone/phone', false)).rejects.toThrow(
    /downloads 0\.0 GB from 127\.0\.0\.1:\d+ into .*Add --yes to agree/,
  );
  expect(ranges).toEqual([]);
  expect(existsSync(into)).toBe(false);
});

test('cut off in the middle it says so, and goes on at the byte where it was', async () => {
  cutAfter = 1_000_000;
  await expect(fetchIt()).rejects.toThrow(/127\.0\.0\.1:\d+ cannot be reached .*what was fetched is kept/);
  const part = path.join(into, 'model-00001-of-00001.safetensors.part');
  const kept = readFileSync(part).length;
  expect(kept).toBeGreaterThan(0);
  await fetchIt();
  expect(ranges).toContain(`model-00001-of-00001.safetensors ${kept}-2999999`);
  expect(existsSync(part)).toBe(false);
});

test('what arrives damaged is named and not kept', async () => {
  damaged = true;
  await expect(fetchIt()).rejects.toThrow(
    /model-00001-of-00001\.safetensors arrived damaged and was deleted/,
  );
  expect(readdirSync(into)).not.toContain('model-00001-of-00001.safetensors');
});

test.each([
  ['no such repository', 'someone/nobody', /has no repository someone\/nobody with the revision main/],
])('%s', async (_, repository, message) => {
  await expect(fetchIt(repository)).rejects.toThrow(message);
});

test('a hub that cannot be reached is one sentence', async () => {
  const nowhere = { revision: 'main', consent: true, into, hubUrl: 'http://127.0.0.1:1' };
  await expect(fetchCheckpoint('someone/phone', nowhere)).rejects.toThrow(
    /^127\.0\.0\.1:1 cannot be reached .*run the same command again; what was fetched is kept\.$/,
  );
});

test('a partial file that is too long is begun anew', async () => {
  await fetchIt();
  const target = path.join(into, 'config.json');
  rmSync(target);
  writeFileSync(`${target}.part`, Buffer.alloc(1000));
  await fetchIt();
  expect(readFileSync(target).equals(files['config.json']!)).toBe(true);
});
