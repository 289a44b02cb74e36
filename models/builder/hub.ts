import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { checkSpace, gigabytes } from './disk';
import { ModelError } from './errors';
import { isRepositoryName } from './hub/address';
import { type HubAccess, hubFromEnvironment, readFacts } from './hub/api';
import { bytesThere, downloadFiles, type Tuning } from './hub/download';
import { readContent } from './hub/look';
import { openNetwork } from './hub/network';
import { startProgress } from './progress';

export interface FetchOptions {
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** Without it a person at a terminal is asked, and anybody else refused. */
  readonly consent: boolean;
  readonly into: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, secondsLeft?: number) => void;
  /** `HF_ENDPOINT` where it is set, else huggingface.co; an access token comes from `HF_TOKEN`, a proxy from `HTTPS_PROXY`. */
  readonly hubUrl?: string;
  readonly tuning?: Partial<Tuning>;
}

/** `owner/name`, and no folder of that name. */
export function isRepository(source: string): boolean {
  return isRepositoryName(source) && !existsSync(source);
}

/**
 * Downloads a checkpoint from the Hugging Face hub, for the command line; the app does the same (hub/get.ts). What an earlier call had
 * fetched is kept: it goes on at the byte where it was.
 *
 * @returns the folder.
 * @throws ModelError when the hub cannot be reached, knows no such checkpoint, or nobody agreed to the download.
 */
export async function fetchCheckpoint(repository: string, options: FetchOptions): Promise<string> {
  const { into } = options;
  const environment = hubFromEnvironment();
  const access: HubAccess = {
    ...environment,
    ...(options.hubUrl !== undefined && { endpoint: options.hubUrl }),
    fetch: await openNetwork(null),
  };
  const { commit } = await readFacts(access, repository, options.revision);
  const { variants } = await readContent(access, repository, commit);
  const files = variants.find(({ layout }) => layout === 'checkpoint')?.files;
  if (!files) {
    throw new ModelError(
      `${repository} has no safetensors of a type that can be converted. What it has, an ONNX export or a finished package, the app's models page gets.`,
    );
  }
  const total = files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  if (!options.consent) await askFor(repository, total, access.endpoint, into);
  checkSpace(into, total - bytesThere(into, files), 'The download');
  const bar = options.onProgress ? null : startProgress(`${repository} ${gigabytes(total)}`);
  try {
    await downloadFiles(access, {
      repository,
      commit,
      files,
      into,
      ...(options.signal && { signal: options.signal }),
      ...(options.tuning && { tuning: options.tuning }),
      onProgress: ({ bytes, totalBytes, secondsLeft }) =>
        (options.onProgress ?? bar?.update)?.(totalBytes ? bytes / totalBytes : 0, secondsLeft ?? undefined),
    });
  } finally {
    bar?.stop();
  }
  return into;
}

async function askFor(repository: string, bytes: number, hubUrl: string, into: string): Promise<void> {
  const what = `Converting ${repository} downloads ${gigabytes(bytes)} from ${new URL(hubUrl).host} into ${into}.`;
  if (!process.stdin.isTTY) throw new ModelError(`${what} Add --yes to agree.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${what} Go on? [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new ModelError('Nothing was downloaded.');
}
