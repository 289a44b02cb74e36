import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HubOrder } from '../../../electron/contract/model-tool';
import { ModelError } from '../errors';
import { importDecoder } from '../families/decoder/import';
import { MANIFEST_FILE } from '../manifest';
import { readManifest, verifyPackage } from '../verify';
import { type HubAccess, type RemoteFile, readFacts } from './api';
import { downloadFiles, type Tuning } from './download';
import { checkGraph } from './graph-check';
import type { LayoutVariant } from './layout';
import { readContent } from './look';
import { PARTS_FILE } from './parts';
import { RemoteChanged } from './piece';
import type { TransferProgress } from './transfer-progress';

export interface GetOptions {
  readonly order: HubOrder;
  readonly into: string;
  readonly out: string;
  readonly onProgress?: (progress: TransferProgress) => void;
  /** Makes a package of a checkpoint. */
  readonly convert: (folder: string) => Promise<void>;
  readonly tuning?: Partial<Tuning>;
}

/** What was ordered, beside what has come of it: whoever finds the folder can go on. */
const ORDER_FILE = '.order.json';

/** What is fetched: it was listed once, so that going on asks for nothing that is there. */
const LISTED_FILE = '.listed.json';

/** The hub may be pushed to while files come; more often than this it is not worth following. */
const FOLLOWED_CHANGES = 3;

/**
 * Fetches a model and makes it one that can be loaded. Whatever it is ended by, the same call goes on where it was.
 *
 * @throws ModelError with what to do.
 */
export async function getModel(access: HubAccess, options: GetOptions): Promise<void> {
  const { order, into, out } = options;
  const variant = await fetchVariant(access, options);
  const folder = path.join(into, ...variant.prefix.split('/').filter(Boolean));
  if (variant.layout === 'checkpoint') {
    await options.convert(folder);
    if (order.keepSource) forgetOrder(into);
    else rmSync(into, { recursive: true, force: true });
    return;
  }
  options.onProgress?.({ ...IDLE, phase: 'verify' });
  await describe(folder, variant, access, order);
  if (existsSync(out))
    throw new ModelError(`${out} is there already.`, { kind: 'folder-in-use', folder: out });
  if (folder === into) forgetOrder(into);
  mkdirSync(path.dirname(out), { recursive: true });
  renameSync(folder, out);
  rmSync(into, { recursive: true, force: true });
}

const IDLE: TransferProgress = {
  phase: 'verify',
  bytes: 0,
  totalBytes: null,
  bytesPerSecond: null,
  secondsLeft: null,
  waiting: null,
};

/** Its files, of the commit that was ordered, or where that is gone of the one that the revision names now. */
async function fetchVariant(access: HubAccess, options: GetOptions): Promise<LayoutVariant> {
  const { order, into } = options;
  let listed = readListed(into);
  let commit = listed?.commit ?? order.commit;
  for (let changes = 0; ; changes++) {
    try {
      listed ??= noteListed(into, commit, await variantAt(access, order, commit));
      const { variant } = listed;
      await downloadFiles(access, {
        repository: order.repository,
        commit,
        files: variant.files,
        into,
        ...(options.onProgress && { onProgress: options.onProgress }),
        ...(options.tuning && { tuning: options.tuning }),
        onFile: (file) => checkFile(into, file, variant),
      });
      return variant;
    } catch (error) {
      if (!isChange(error) || changes >= FOLLOWED_CHANGES) throw error;
      const now = await readFacts(access, order.repository, order.revision);
      if (now.commit === commit && !(error instanceof RemoteChanged)) throw error;
      commit = now.commit;
      listed = null;
    }
  }
}

/** A commit that the hub has no more, or whose files are others than it lists. */
const isChange = (error: unknown): boolean =>
  error instanceof RemoteChanged || (error instanceof ModelError && error.details?.kind === 'hub-absent');

async function variantAt(access: HubAccess, order: HubOrder, commit: string): Promise<LayoutVariant> {
  const { variants } = await readContent(access, order.repository, commit);
  const variant = variants.find(({ id }) => id === order.variant);
  if (variant) return variant;
  throw new ModelError(
    `${order.repository} has no ${order.variant || 'model'} any more. Look at it again and choose another.`,
    { kind: 'hub-variant-gone', repository: order.repository },
  );
}

/** A graph that cannot be run is refused before its weights have come. */
async function checkFile(into: string, file: RemoteFile, { layout }: LayoutVariant): Promise<void> {
  if (layout !== 'genai' && layout !== 'transformers-js') return;
  if (file.path.endsWith('.onnx')) checkGraph(path.join(into, ...file.path.split('/')));
}

async function describe(
  folder: string,
  { layout }: LayoutVariant,
  access: HubAccess,
  order: HubOrder,
): Promise<void> {
  const file = path.join(folder, MANIFEST_FILE);
  const names = {
    id: order.id,
    name: order.name,
    license: order.license ?? 'unknown',
    source: `${access.endpoint}/${order.repository}`,
  };
  if (layout === 'package') {
    const manifest = readManifest(folder);
    const [fault] = await verifyPackage(folder);
    if (fault !== undefined) throw new ModelError(fault, { kind: 'checkpoint-file-damaged', file: fault });
    writeFileSync(file, `${JSON.stringify({ ...manifest, id: order.id, name: order.name }, null, 2)}\n`);
    return;
  }
  const manifest = await importDecoder(folder, { names });
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

interface Listed {
  readonly commit: string;
  readonly variant: LayoutVariant;
}

/** It was written by this program, from names that were found safe. */
function readListed(into: string): Listed | null {
  try {
    return JSON.parse(readFileSync(path.join(into, LISTED_FILE), 'utf8')) as Listed;
  } catch {
    return null;
  }
}

function noteListed(into: string, commit: string, variant: LayoutVariant): Listed {
  mkdirSync(into, { recursive: true, mode: 0o700 });
  const listed = { commit, variant };
  writeFileSync(path.join(into, LISTED_FILE), JSON.stringify(listed));
  return listed;
}

function forgetOrder(into: string): void {
  for (const name of [ORDER_FILE, PARTS_FILE, LISTED_FILE]) rmSync(path.join(into, name), { force: true });
}
