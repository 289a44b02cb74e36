import { execFileSync } from 'node:child_process';
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
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLibraries, INSTALLED, installLibraries } from './install';
import { type Pin, packagesFor } from './packages';

/** Registries of our own, which answer as PyPI's, NuGet's and GitHub's do. */

let folder = '';
let server: Server;
let url = '';
let archives = new Map<string, Buffer>();
let cut = 0;
let damaged = '';
let endless = '';
let withCuda13 = true;
let ranges: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'autoglm-cuda-'));
  archives = new Map();
  cut = 0;
  damaged = '';
  endless = '';
  withCuda13 = true;
  ranges = [];
  server = createServer((request, response) => {
    const answer = route(request.url ?? '/');
    if (answer === null) return void response.writeHead(404).end();
    if (!Buffer.isBuffer(answer))
      return void response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from > 0) ranges.push(`${request.url} ${from}`);
    response.writeHead(from > 0 ? 206 : 200);
    const body = Buffer.from(answer.subarray(from));
    if (damaged && request.url?.includes(damaged)) body.writeUInt8(body.readUInt8(3) ^ 255, 3);
    if (endless && request.url?.includes(endless)) {
      const more = setInterval(() => response.write(body), 1);
      response.on('close', () => clearInterval(more));
      return;
    }
    if (cut > 0 && body.length > cut) {
      const half = body.subarray(0, cut);
      cut = 0;
      response.write(half);
      // Once it has arrived: a busy machine takes its time.
      const look = setInterval(() => {
        const parts = readdirSync(path.join(folder, 'download'), { recursive: true, encoding: 'utf8' });
        if (!parts.some((part) => statSync(path.join(folder, 'download', part)).size === half.length)) return;
        clearInterval(look);
        response.destroy();
      }, 5);
    } else response.end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const { name, registry } of [...packagesFor(12, 'linux'), ...packagesFor(13, 'linux')]) {
    if (registry === 'pypi') {
      const library = `nvidia/${name}/lib/lib${name}.so.12`;
      // Noise, so that it is as long when it is packed.
      const noise = randomBytes(20_000);
      archives.set(name, zip({ [library]: noise, [`${name}.dist-info/METADATA`]: Buffer.from('x') }));
    } else if (registry === 'nuget') {
      const native = 'runtimes/linux-x64/native';
      archives.set(
        name.toLowerCase(),
        zip({
          [`${native}/libonnxruntime.so`]: Buffer.from('runtime 12'),
          [`${native}/libonnxruntime_providers_shared.so`]: Buffer.from('shared'),
          [`${native}/libonnxruntime_providers_cuda.so`]: Buffer.from('cuda'),
          [`${native}/libonnxruntime_providers_tensorrt.so`]: Buffer.from('tensorrt'),
          'runtimes/win-x64/native/onnxruntime.dll': Buffer.from('windows'),
        }),
      );
    } else archives.set(path.basename(name), tarball());
  }
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function route(address: string): Buffer | object | null {
  const file = archives.get(
    decodeURIComponent(address.slice('/files/'.length).replace(/\.(whl|nupkg)$/, '')),
  );
  if (address.startsWith('/files/') && file) return file;
  const pypi = /^\/pypi\/([^/]+)\/([^/]+)\/json$/.exec(address);
  if (pypi) {
    const data = archives.get(pypi[1]!)!;
    const sha256 = createHash('sha256').update(data).digest('hex');
    const wheel = (tag: string) => ({
      filename: `${pypi[1]}-${pypi[2]}-py3-none-${tag}.whl`,
      url: `${url}/files/${pypi[1]}.whl`,
      size: data.length,
      digests: { sha256 },
    });
    return { urls: [wheel('win_amd64'), wheel('manylinux_2_27_aarch64'), wheel('manylinux_2_27_x86_64')] };
  }
  const nuget = /^\/v3\/registration5-semver1\/([^/]+)\//.exec(address)?.[1];
  if (nuget)
    return { catalogEntry: `${url}/catalog/${nuget}`, packageContent: `${url}/files/${nuget}.nupkg` };
  const catalog = /^\/catalog\/(.+)$/.exec(address)?.[1];
  if (catalog) {
    const data = archives.get(catalog)!;
    const packageHash = createHash('sha512').update(data).digest('base64');
    return { packageHash, packageHashAlgorithm: 'SHA512', packageSize: data.length };
  }
  if (address.startsWith('/repos/microsoft/onnxruntime/releases/tags/')) {
    const name = 'onnxruntime-linux-x64-gpu_cuda13-1.29.0.tgz';
    const data = archives.get(name)!;
    const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
    const asset = { name, browser_download_url: `${url}/files/${name}`, size: data.length, digest };
    return { assets: withCuda13 ? [asset] : [] };
  }
  return null;
}

const registries = () => ({ pypi: url, nuget: url, github: url });
const options = (cuda: 12 | 13) =>
  ({ cuda, platform: 'linux', registries: registries(), packages: unpinned, into: folder }) as const;
/** The archives here are our own, which no checksum knows. */
const unpinned: typeof packagesFor = (...wanted) => packagesFor(...wanted).map(({ pin: _, ...one }) => one);
const installed = () => readdirSync(path.join(folder, 'lib')).sort();

test('everything that CUDA 12 needs is fetched, compared and put side by side', async () => {
  const phases = new Set<string>();
  let last = 0;
  await installLibraries({
    ...options(12),
    onProgress: (phase, fraction) => {
      phases.add(phase);
      expect(fraction).toBeGreaterThanOrEqual(last);
      last = fraction;
    },
  });
  expect([...phases]).toEqual(['download', 'unpack']);
  expect(installed()).toEqual(
    [
      ...packagesFor(12, 'linux')
        .flatMap(({ name, registry }) => (registry === 'pypi' ? [`lib${name}.so.12`] : []))
        .sort(),
      'libonnxruntime.so',
      'libonnxruntime_providers_cuda.so',
      'libonnxruntime_providers_shared.so',
    ].sort(),
  );
  expect(readFileSync(path.join(folder, 'lib', 'libonnxruntime.so'), 'utf8')).toBe('runtime 12');
  expect(JSON.parse(readFileSync(path.join(folder, INSTALLED), 'utf8')).cuda).toBe(12);
  expect(existsSync(path.join(folder, 'download'))).toBe(false);
});

test('CUDA 13 comes from the release; where it has none, CUDA 12 does', async () => {
  await installLibraries(options(13));
  expect(readFileSync(path.join(folder, 'lib', 'libonnxruntime.so.1.29.0'), 'utf8')).toBe('runtime 13');
  withCuda13 = false;
  expect((await findLibraries(options(13))).cuda).toBe(12);
});

test('cut off in the middle it names the host, keeps what it has and goes on there', async () => {
  cut = 1000;
  await expect(installLibraries(options(12))).rejects.toThrow(/broke off .*what was fetched is kept/);
  expect(existsSync(path.join(folder, INSTALLED))).toBe(false);
  await installLibraries(options(12));
  expect(ranges.length).toBe(1);
  expect(existsSync(path.join(folder, INSTALLED))).toBe(true);
});

test('an archive that is not what the registry says is deleted and named', async () => {
  damaged = 'nvidia-cublas-cu12';
  await expect(installLibraries(options(12))).rejects.toThrow(
    /nvidia-cublas-cu12\.whl is not what its registry says it is, and was deleted/,
  );
  expect(existsSync(path.join(folder, INSTALLED))).toBe(false);
  damaged = '';
  await installLibraries(options(12));
});

test('an archive that does not end is given up where it should have ended', async () => {
  endless = 'nvidia-cublas-cu12';
  await expect(installLibraries(options(12))).rejects.toThrow(/is not what its registry says it is/);
  expect(readdirSync(path.join(folder, 'download')).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a registry that cannot be reached is one sentence', async () => {
  const nowhere = { ...registries(), nuget: 'http://127.0.0.1:1' };
  await expect(installLibraries({ ...options(12), registries: nowhere })).rejects.toThrow(
    /^127\.0\.0\.1:1 cannot be reached .*Check the connection and try again\.$/,
  );
});

test('a registry that offers another file than is known is not believed', async () => {
  const name = 'nvidia-cufft-cu12';
  const data = archives.get(name)!;
  const sha256 = createHash('sha256').update(data).digest('hex');
  const pinned =
    (pin: Pin): typeof packagesFor =>
    (...wanted) =>
      unpinned(...wanted).map((one) => (one.name === name ? { ...one, pin } : one));
  const find = (pin: Pin) => findLibraries({ ...options(12), packages: pinned(pin) });
  expect((await find({ sha256, bytes: data.length })).offers.map((offer) => offer.package.name)).toContain(
    name,
  );
  for (const pin of [{ sha256: '0'.repeat(64) }, { sha256, bytes: data.length + 1 }]) {
    await expect(find(pin)).rejects.toThrow(
      /offers another file as nvidia-cufft-cu12 11\.4\.1\.4 than the one/,
    );
  }
});

test('what is pinned is a checksum, once for each archive', () => {
  const pins = ([12, 13] as const).flatMap((cuda) =>
    (['linux', 'win32'] as const).flatMap((platform) =>
      packagesFor(cuda, platform).flatMap(({ pin }) => pin ?? []),
    ),
  );
  for (const { sha256, bytes = 1 } of pins)
    expect([/^[0-9a-f]{64}$/.test(sha256), bytes > 0]).toEqual([true, true]);
  expect(new Set(pins.map(({ sha256 }) => sha256)).size).toBe(pins.length);
  // All of CUDA 12 but the runtime itself.
  for (const platform of ['linux', 'win32'] as const) {
    expect(
      packagesFor(12, platform)
        .filter(({ pin }) => !pin)
        .map(({ registry }) => registry),
    ).toEqual(['nuget']);
  }
});

test('sizes and versions are known before anything is fetched', async () => {
  const { offers } = await findLibraries(options(12));
  expect(offers.map(({ package: { name } }) => name)).toContain('nvidia-cudnn-cu12');
  for (const offer of offers) expect(offer.bytes).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual([]);
});

function tarball(): Buffer {
  const root = path.join(folder, 'tar');
  const lib = path.join(root, 'onnxruntime-linux-x64-gpu', 'lib');
  mkdirSync(lib, { recursive: true });
  writeFileSync(path.join(lib, 'libonnxruntime.so.1.29.0'), 'runtime 13');
  writeFileSync(path.join(lib, 'libonnxruntime_providers_cuda.so'), 'cuda');
  writeFileSync(path.join(lib, 'libonnxruntime_providers_shared.so'), 'shared');
  const data = execFileSync('tar', ['-czf', '-', '-C', root, '.']);
  rmSync(root, { recursive: true });
  return data;
}

/** The ZIP format, deflated (PKWARE APPNOTE 6.3). */
function zip(entries: Readonly<Record<string, Buffer>>): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, data] of Object.entries(entries)) {
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}
