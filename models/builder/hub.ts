import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { ListFileEntry, listFiles } from '@huggingface/hub';
import { checkSpace, gigabytes } from './disk';
import { ModelError } from './errors';
import { startProgress } from './progress';

export interface FetchOptions {
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** Without it a person at a terminal is asked, and anybody else refused. */
  readonly consent: boolean;
  readonly into: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, secondsLeft?: number) => void;
  /** `HF_ENDPOINT` where it is set, else huggingface.co; an access token comes from `HF_TOKEN`. */
  readonly hubUrl?: string;
}

/** Everything a checkpoint needs, by names that are no path on any system; weights in other formats are left where they are. */
const WANTED = /^[^/\\:]+\.(safetensors|json|jinja|model)$|^(LICENSE|NOTICE)[^/\\:]*$/i;

/** `owner/name`, and no folder of that name. */
export function isRepository(source: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(source) && !existsSync(source);
}

/**
 * Downloads a checkpoint from the Hugging Face hub. What an earlier call had fetched is kept: it goes on at the byte where it was.
 *
 * @returns the folder.
 * @throws ModelError when the hub cannot be reached, knows no such repository, or nobody agreed to the download.
 */
export async function fetchCheckpoint(repository: string, options: FetchOptions): Promise<string> {
  const hub = {
    repo: { type: 'model' as const, name: repository },
    revision: options.revision,
    hubUrl: options.hubUrl ?? process.env.HF_ENDPOINT ?? 'https://huggingface.co',
    ...(process.env.HF_TOKEN && { accessToken: process.env.HF_TOKEN }),
  };
  const files = await explained(hub.hubUrl, repository, options.revision, () => list(hub));
  if (!files.some(({ path: name }) => name.endsWith('.safetensors'))) {
    throw new ModelError(`${repository} has no safetensors files, which is what can be converted.`);
  }
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const have = files.reduce((sum, file) => sum + Math.min(file.size, bytesThere(options.into, file)), 0);
  if (!options.consent) await askFor(repository, total, hub.hubUrl, options.into);
  checkSpace(options.into, total - have, 'The download');
  mkdirSync(options.into, { recursive: true });

  const bar = options.onProgress ? null : startProgress(`${repository} ${gigabytes(total)}`);
  const started = performance.now();
  let done = 0;
  const report = (bytes: number) => {
    const speed = (done + bytes - have) / ((performance.now() - started) / 1000);
    const left = speed > 0 ? (total - done - bytes) / speed : undefined;
    (options.onProgress ?? bar?.update)?.((done + bytes) / total, left);
  };
  try {
    for (const file of files) {
      await explained(hub.hubUrl, repository, options.revision, () => fetchFile(hub, file, options, report));
      done += file.size;
      report(0);
    }
  } finally {
    bar?.stop();
  }
  return options.into;
}

type Hub = Parameters<typeof listFiles>[0];

async function list(hub: Hub): Promise<readonly ListFileEntry[]> {
  const { listFiles } = await import('@huggingface/hub');
  const files: ListFileEntry[] = [];
  for await (const entry of listFiles(hub)) {
    if (entry.type === 'file' && WANTED.test(entry.path)) files.push(entry);
  }
  return files;
}

const partial = (into: string, { path: name }: ListFileEntry): string => path.join(into, `${name}.part`);

function bytesThere(into: string, file: ListFileEntry): number {
  for (const at of [path.join(into, file.path), partial(into, file)]) {
    if (existsSync(at)) return statSync(at).size;
  }
  return 0;
}

async function fetchFile(
  hub: Hub,
  file: ListFileEntry,
  { into, signal }: FetchOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const target = path.join(into, file.path);
  if (existsSync(target) && statSync(target).size === file.size) return;
  const part = partial(into, file);
  let have = existsSync(part) ? statSync(part).size : 0;
  if (have > file.size) {
    rmSync(part);
    have = 0;
  }
  if (have < file.size) {
    // Plain requests for byte ranges: they can be continued anywhere.
    const { downloadFile } = await import('@huggingface/hub');
    const blob = await downloadFile({ ...hub, path: file.path, xet: false });
    if (!blob)
      throw new ModelError(`The repository lists ${file.path} but does not have it.`, {
        kind: 'checkpoint-file-missing',
        file: file.path,
      });
    const out = await open(part, 'a');
    try {
      for await (const chunk of blob
        .slice(have, file.size)
        .stream() as unknown as AsyncIterable<Uint8Array>) {
        signal?.throwIfAborted();
        await out.write(chunk);
        have += chunk.length;
        // A server may send without end; what is too long is fetched anew.
        if (have > file.size) break;
        onBytes(have);
      }
    } finally {
      await out.close();
    }
  }
  if (have !== file.size) throw new TypeError(`${file.path}: ${have} of ${file.size} bytes arrived`);
  await checkHash(part, file);
  renameSync(part, target);
}

/** Large files are named by their sha256, small ones by git's sha1 over "blob", their size and their bytes. */
async function checkHash(at: string, file: ListFileEntry): Promise<void> {
  const expected = file.lfs?.oid ?? file.oid;
  if (expected === undefined) return;
  const hash = createHash(file.lfs ? 'sha256' : 'sha1');
  if (!file.lfs) hash.update(`blob ${file.size}\0`);
  for await (const chunk of createReadStream(at, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  if (hash.digest('hex') === expected.replace(/^sha256:/, '')) return;
  rmSync(at);
  throw new ModelError(
    `${file.path} arrived damaged and was deleted. Run the same command again to fetch it anew.`,
    { kind: 'download-damaged', file: file.path },
  );
}

async function askFor(repository: string, bytes: number, hubUrl: string, into: string): Promise<void> {
  const what = `Converting ${repository} downloads ${gigabytes(bytes)} from ${new URL(hubUrl).host} into ${into}.`;
  if (!process.stdin.isTTY) throw new ModelError(`${what} Add --yes to agree.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${what} Go on? [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new ModelError('Nothing was downloaded.');
}

async function explained<T>(
  hubUrl: string,
  repository: string,
  revision: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { host } = new URL(hubUrl);
    // Not before it is needed: the library is large.
    const { HubApiError } = await import('@huggingface/hub');
    if (error instanceof HubApiError) {
      const reason = {
        401: `${host} has no repository ${repository} that may be read without logging in: check the name, or set HF_TOKEN.`,
        403: `${host} does not let you read ${repository}: accept its licence there and set HF_TOKEN.`,
        404: `${host} has no repository ${repository} with the revision ${revision}.`,
        429: `${host} asks to wait: it has had too many requests. Try again in some minutes; what was fetched is kept.`,
      }[error.statusCode];
      throw new ModelError(
        reason ?? `${host} answered with the error ${error.statusCode}. Try again later.`,
        {
          kind: 'host-error',
          host,
          status: error.statusCode,
        },
      );
    }
    // Undici's "fetch failed" and "terminated", and streams that end early.
    if (error instanceof TypeError) {
      const cause = error.cause instanceof Error ? `: ${error.cause.message || error.cause.name}` : '';
      throw new ModelError(
        `${host} cannot be reached (${error.message}${cause}). Check the connection and run the same command again; what was fetched is kept.`,
        { kind: 'host-unreachable', host },
      );
    }
    throw error;
  }
}
