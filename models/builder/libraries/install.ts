import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import { checkSpace } from '../disk';
import { ModelError } from '../errors';
import { packagesFor } from './packages';
import { AbsentPackage, findOffer, type Offer, REGISTRIES, type Registries, reasonOf } from './registries';

export interface LibrariesOptions {
  /** What the driver can run. */
  readonly cuda: 12 | 13;
  readonly platform?: NodeJS.Platform;
  readonly registries?: Registries;
  /** Which packages, where it is not `packagesFor`. */
  readonly packages?: typeof packagesFor;
}

/** Written last: a folder without it is not finished. */
export const INSTALLED = 'installed.json';

/**
 * What would be fetched: exact versions, sizes and addresses. Where ONNX Runtime's build for CUDA 13 is not to be had, that for CUDA 12,
 * which newer drivers run as well.
 *
 * @throws ModelError when a registry cannot be reached.
 */
export async function findLibraries(
  options: LibrariesOptions,
): Promise<{ cuda: 12 | 13; offers: readonly Offer[] }> {
  const { cuda, platform = process.platform, registries = REGISTRIES, packages = packagesFor } = options;
  try {
    const wanted = packages(cuda, platform);
    const offers = await Promise.all(wanted.map((one) => findOffer(one, platform, registries)));
    return { cuda, offers };
  } catch (error) {
    if (cuda === 13 && error instanceof AbsentPackage) return findLibraries({ ...options, cuda: 12 });
    throw error;
  }
}

export interface InstallOptions extends LibrariesOptions {
  readonly into: string;
  readonly onProgress?: (phase: 'download' | 'unpack', fraction: number, secondsLeft?: number) => void;
}

/**
 * Fetches the libraries, compares each archive with its checksum and puts the libraries into one folder. Ended in the middle, it goes on
 * at the byte where it was.
 *
 * @throws ModelError naming what failed.
 */
export async function installLibraries(options: InstallOptions): Promise<void> {
  const { into, onProgress } = options;
  const { cuda, offers } = await findLibraries(options);
  const total = offers.reduce((sum, { bytes }) => sum + bytes, 0);
  // Archives and what is in them, about twice as large.
  checkSpace(into, total * 3, 'The installation');
  const archives = path.join(into, 'download');
  mkdirSync(archives, { recursive: true });

  const started = performance.now();
  const had = offers.reduce((sum, offer) => sum + bytesThere(archives, offer), 0);
  let done = 0;
  for (const offer of offers) {
    await download(archives, offer, (bytes) => {
      const speed = (done + bytes - had) / ((performance.now() - started) / 1000);
      const left = speed > 0 ? (total - done - bytes) / speed : undefined;
      onProgress?.('download', (0.9 * (done + bytes)) / total, left);
    });
    done += offer.bytes;
  }

  const folder = path.join(into, 'lib');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [i, offer] of offers.entries()) {
    onProgress?.('unpack', 0.9 + (0.1 * i) / offers.length);
    await unpack(archiveOf(archives, offer), offer.package.files, folder);
  }
  aliasRuntime(folder);
  const packages = offers.map(({ package: { name, version } }) => ({ name, version }));
  writeFileSync(path.join(into, INSTALLED), JSON.stringify({ cuda, packages }));
  rmSync(archives, { recursive: true, force: true });
}

const archiveOf = (folder: string, { url }: Offer): string =>
  path.join(folder, path.basename(new URL(url).pathname));

function bytesThere(folder: string, offer: Offer): number {
  for (const at of [archiveOf(folder, offer), `${archiveOf(folder, offer)}.part`]) {
    if (existsSync(at)) return Math.min(offer.bytes, statSync(at).size);
  }
  return 0;
}

async function download(folder: string, offer: Offer, onBytes: (bytes: number) => void): Promise<void> {
  const target = archiveOf(folder, offer);
  if (existsSync(target)) return;
  const part = `${target}.part`;
  let have = existsSync(part) ? statSync(part).size : 0;
  if (have < offer.bytes) {
    const { host } = new URL(offer.url);
    try {
      const response = await fetch(offer.url, have > 0 ? { headers: { range: `bytes=${have}-` } } : {});
      if (!response.ok || !response.body) {
        throw new ModelError(
          `${host} answered with the error ${response.status} for ${path.basename(target)}.`,
          { kind: 'host-error', host, status: response.status },
        );
      }
      // A server that knows no ranges sends all of it again.
      const appended = response.status === 206;
      if (!appended) have = 0;
      const out = await open(part, appended ? 'a' : 'w');
      try {
        for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
          await out.write(chunk);
          have += chunk.length;
          // The comparison below says the rest.
          if (have > offer.bytes) break;
          onBytes(have);
        }
      } finally {
        await out.close();
      }
    } catch (error) {
      if (error instanceof ModelError) throw error;
      throw new ModelError(
        `The download of ${path.basename(target)} from ${host} broke off (${reasonOf(error)}). Try again; what was fetched is kept.`,
        { kind: 'host-unreachable', host },
      );
    }
  }
  const hash = createHash(offer.hash.algorithm);
  await pipeline(createReadStream(part), hash);
  if (statSync(part).size !== offer.bytes || hash.digest('hex') !== offer.hash.hex) {
    rmSync(part);
    throw new ModelError(
      `${path.basename(target)} is not what its registry says it is, and was deleted. Try again.`,
      { kind: 'download-damaged', file: path.basename(target) },
    );
  }
  renameSync(part, target);
}

/** All files that fit, flat: the loader looks for them beside each other. */
async function unpack(archive: string, files: RegExp, into: string): Promise<void> {
  if (/\.tgz$|\.tar\.gz$/.test(archive)) return unpackTar(archive, files, into);
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(archive, {
    lazyEntries: true,
  });
  const openStream = promisify(
    zip.openReadStream.bind(zip) as (
      entry: yauzl.Entry,
      callback: (error: Error | null, stream: NodeJS.ReadableStream) => void,
    ) => void,
  );
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry: yauzl.Entry) => {
      if (!files.test(entry.fileName)) return zip.readEntry();
      openStream(entry)
        .then((stream) => pipeline(stream, createWriteStream(path.join(into, path.basename(entry.fileName)))))
        .then(() => zip.readEntry(), reject);
    });
    zip.readEntry();
  });
}

/** Every system that has a CUDA driver has `tar` too. */
async function unpackTar(archive: string, files: RegExp, into: string): Promise<void> {
  const folder = `${archive}.unpacked`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await promisify(execFile)('tar', ['-xzf', archive, '-C', folder]);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && files.test(`/${entry.name}`)) {
      renameSync(path.join(entry.parentPath, entry.name), path.join(into, entry.name));
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The provider asks for the runtime by its short name; archives hold links as copies or not at all. */
function aliasRuntime(folder: string): void {
  const names = readdirSync(folder);
  const runtime = names.find((name) => /^libonnxruntime\.so[.\d]*$|^onnxruntime\.dll$/.test(name));
  if (!runtime)
    throw new ModelError('The ONNX Runtime package holds no libonnxruntime: nothing was installed.', {
      kind: 'libraries-incomplete',
    });
  if (!names.some((name) => name.includes('onnxruntime_providers_cuda'))) {
    throw new ModelError('The ONNX Runtime package holds no CUDA provider: nothing was installed.', {
      kind: 'libraries-incomplete',
    });
  }
}
