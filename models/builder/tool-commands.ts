import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { copyFile, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { assertNever } from '../../electron/contract/errors';
import type { Manifest } from '../../electron/contract/manifest';
import type { HubConnection, ToolCommand, ToolMessage } from '../../electron/contract/model-tool';
import type { FoundModel, ModelTask } from '../../electron/contract/models';
import { VerifiedFiles, verifyPackage } from '../../electron/engine/runtime/package';
import { type ConvertOptions, type ConvertPhase, convert } from './convert';
import { checkSpace } from './disk';
import { explain, ModelError } from './errors';
import { importDecoder } from './families/decoder/import';
import { openJob } from './families/jobs';
import type { HubAccess } from './hub/api';
import type { TransferProgress } from './hub/transfer-progress';
import { filesBelow, locateModel, type ModelFolder } from './hub-cache';
import { findLibraries, installLibraries } from './libraries/install';
import { REGISTRIES, type Registries } from './libraries/registries';
import { MANIFEST_FILE } from './manifest';
import { BLOCK_SIZES } from './quantize';
import { readManifest } from './verify';

export type ToolResult = Omit<Extract<ToolMessage, { type: 'done' }>, 'type'>;

/** Mirrors, for those who have one. */
function registries(): Registries {
  const { AUTOGLM_PYPI: pypi, AUTOGLM_NUGET: nuget, AUTOGLM_GITHUB: github } = process.env;
  return { ...REGISTRIES, ...(pypi && { pypi }), ...(nuget && { nuget }), ...(github && { github }) };
}

type Phase = NonNullable<ModelTask['phase']>;
type Extra = Pick<Extract<ToolMessage, { type: 'progress' }>, 'transfer' | 'waiting'>;
type Progress = (phase: Phase, fraction: number, secondsLeft?: number, extra?: Extra) => void;

interface ToolOptions {
  readonly progress: Progress;
  readonly workerEntry?: URL;
}

/** Where the phases of a conversion lie in the whole. */
const SPANS: Readonly<Record<ConvertPhase, readonly [number, number]>> = {
  convert: [0, 0.9],
  verify: [0.9, 0.99],
  load: [0.99, 1],
};

/** @throws ModelError, AppError with the sentence for the user. */
export async function runTool(command: ToolCommand, options: ToolOptions): Promise<ToolResult> {
  const { progress } = options;
  switch (command.type) {
    case 'inspect':
      return { found: inspect(locateModel(command.path)) };
    case 'import':
      await importFolder(command, progress);
      return {};
    case 'convert': {
      const { id, name, out, precision, block, headInt8 } = command;
      const { folder, name: source } = locateModel(command.path);
      await convertFolder(
        folder,
        {
          out,
          precision,
          blockSize: block,
          ...(headInt8 && { headPrecision: 'int8' }),
          names: { id, name, license: 'unknown', source },
        },
        options,
      );
      return {};
    }
    case 'search-hub': {
      const { searchHub } = await import('./hub/look');
      return { hits: await searchHub(await connect(command.connection), command.query) };
    }
    case 'look-at-hub': {
      const { lookAt } = await import('./hub/look');
      return { hub: await lookAt(await connect(command.connection), command.address) };
    }
    case 'get':
      await get(command, options);
      return {};
    case 'verify': {
      const cache = new VerifiedFiles(command.verifiedFiles);
      const manifest = readManifest(command.folder);
      await verifyPackage(command.folder, manifest, (fraction) => progress('verify', fraction), {
        cache,
        again: true,
      });
      return {};
    }
    case 'find-libraries': {
      const { offers } = await findLibraries({ cuda: command.cuda, registries: registries() });
      const libraries = offers.map(({ package: { name, version }, bytes, url }) => ({
        name,
        version,
        bytes,
        host: new URL(url).host,
      }));
      return { libraries };
    }
    case 'install-libraries':
      await installLibraries({
        cuda: command.cuda,
        into: command.into,
        registries: registries(),
        onProgress: progress,
      });
      return {};
    default:
      return assertNever(command);
  }
}

async function connect({ endpoint, token, proxy }: HubConnection): Promise<HubAccess> {
  const { openNetwork } = await import('./hub/network');
  return { endpoint, token, fetch: await openNetwork(proxy) };
}

function convertFolder(
  folder: string,
  options: ConvertOptions,
  { progress, workerEntry }: ToolOptions,
  [from, to]: readonly [number, number] = [0, 1],
) {
  return convert(
    { kind: 'folder', folder },
    {
      ...options,
      ...(workerEntry && { workerEntry }),
      onProgress: ({ phase, fraction, secondsLeft }) => {
        const [start, end] = SPANS[phase];
        progress(phase, from + (to - from) * (start + (end - start) * fraction), secondsLeft);
      },
    },
  );
}

/** Of getting a checkpoint, what its download takes of the bar; to convert it takes the rest. */
const DOWNLOAD_SHARE = 0.7;

async function get(
  { connection, order, into, out }: ToolCommand & { type: 'get' },
  options: ToolOptions,
): Promise<void> {
  const { getModel } = await import('./hub/get');
  const { id, name, license, precision } = order;
  const share = precision === null ? 1 : DOWNLOAD_SHARE;
  let transfer: Extra['transfer'] = null;
  const onProgress = (now: TransferProgress) => {
    const { phase, bytes, totalBytes, bytesPerSecond, secondsLeft, waiting } = now;
    transfer = { bytes, totalBytes, bytesPerSecond };
    options.progress(phase, totalBytes ? (share * bytes) / totalBytes : 0, secondsLeft ?? undefined, {
      transfer,
      waiting: waiting && { error: explain(waiting.error), seconds: waiting.seconds },
    });
  };
  await getModel(await connect(connection), {
    order,
    into,
    out,
    onProgress,
    convert: async (folder) => {
      const names = {
        id,
        name,
        license: license ?? 'unknown',
        source: `${connection.endpoint}/${order.repository}`,
      };
      const own = { out, precision: precision ?? 'int4', blockSize: 32, names } as const;
      await convertFolder(folder, own, options, [share, 1]);
    },
  });
}

const isOnnxFolder = (folder: string): boolean =>
  existsSync(path.join(folder, 'genai_config.json')) ||
  (existsSync(path.join(folder, 'config.json')) && existsSync(path.join(folder, 'onnx')));

/** @throws ModelError naming what the folder lacks. */
function inspect({ folder, name }: ModelFolder): FoundModel {
  if (!existsSync(folder))
    throw new ModelError(`There is no folder ${folder}.`, { kind: 'folder-missing', folder });
  if (!statSync(folder).isDirectory()) {
    throw new ModelError(`${folder} is a file: choose the folder that holds the model.`, {
      kind: 'folder-is-file',
      folder,
    });
  }
  if (existsSync(path.join(folder, MANIFEST_FILE))) {
    const { id, name: own, family, files } = readManifest(folder);
    return { kind: 'package', id, name: own, family, bytes: sum(files.map(({ bytes }) => bytes)) };
  }
  if (isOnnxFolder(folder)) {
    return { kind: 'onnx', name, bytes: sum(filesBelow(folder).map(({ bytes }) => bytes)) };
  }
  if (!existsSync(path.join(folder, 'config.json'))) {
    throw new ModelError(
      `${folder} holds no model: it has neither autoglm.json (a package), genai_config.json (onnxruntime-genai) nor config.json (a checkpoint).`,
      { kind: 'folder-holds-no-model', folder },
    );
  }
  return inspectCheckpoint(folder, name);
}

function inspectCheckpoint(folder: string, name: string): FoundModel {
  const job = openJob({ kind: 'folder', folder });
  try {
    const names = { id: 'x', name, license: 'unknown', source: 'x' };
    const blocks = BLOCK_SIZES.filter((blockSize) => {
      try {
        job.plan({ names, out: '', precision: 'int4', blockSize });
        return true;
      } catch (error) {
        if (error instanceof ModelError && /^Block size/.test(error.message)) return false;
        throw error;
      }
    });
    const shards = filesBelow(folder).filter(({ name: file }) => file.endsWith('.safetensors'));
    const bytes = sum(shards.map((file) => file.bytes));
    return { kind: 'checkpoint', name, family: job.family, parameters: job.parameters, bytes, blocks };
  } finally {
    job.close();
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

async function importFolder(
  { path: chosen, out, id, name }: ToolCommand & { type: 'import' },
  progress: Progress,
): Promise<void> {
  const { folder: from } = locateModel(chosen);
  const isPackage = existsSync(path.join(from, MANIFEST_FILE));
  const listed = isPackage ? readManifest(from) : null;
  const files = filesBelow(from).filter(
    (file) => !file.name.split(path.sep).some((part) => part.startsWith('.')),
  );
  const total = sum(files.map(({ bytes }) => bytes));
  checkSpace(out, total, 'The model');
  const folder = `${out}.part`;
  rmSync(folder, { recursive: true, force: true });
  try {
    let done = 0;
    for (const file of files) {
      const expected = listed?.files.find((known) => path.normalize(known.path) === file.name);
      const target = path.join(folder, file.name);
      mkdirSync(path.dirname(target), { recursive: true });
      const sha256 = await copy(file.path, target, (bytes) =>
        progress('copy', total === 0 ? 1 : (done + bytes) / total),
      );
      if (expected && sha256 !== expected.sha256) {
        throw new ModelError(
          `${file.name} is damaged: its sha256 is ${sha256} instead of ${expected.sha256}. Get the model again.`,
          { kind: 'checkpoint-file-damaged', file: file.name },
        );
      }
      done += file.bytes;
    }
    const missing = listed?.files.find((known) => !existsSync(path.join(folder, known.path)));
    if (missing) {
      throw new ModelError(`${missing.path} is missing. Get the model again.`, {
        kind: 'checkpoint-file-missing',
        file: missing.path,
      });
    }
    const manifest: Manifest = listed ?? (await describe(folder, id));
    const named = { ...manifest, id, name: name ?? manifest.name };
    await writeFile(path.join(folder, MANIFEST_FILE), `${JSON.stringify(named, null, 2)}\n`);
    renameSync(folder, out);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

const describe = (folder: string, id: string): Promise<Manifest> =>
  importDecoder(folder, { names: { id, name: id, license: 'unknown', source: 'imported' } });

/** Copies and hashes in one pass. @returns sha256, hex. */
async function copy(from: string, to: string, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  // A clone where the file system can: it takes no room and no time; reading it is then all there is to do.
  const cloned = await copyFile(from, to, CLONE_OR_FAIL).then(
    () => true,
    () => false,
  );
  const target = cloned ? null : await open(to, 'w');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: 4 << 20 })) {
      hash.update(chunk as Buffer);
      await target?.write(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      onBytes(bytes);
    }
  } finally {
    await target?.close();
  }
  return hash.digest('hex');
}

/** `COPYFILE_FICLONE_FORCE`. */
const CLONE_OR_FAIL = 4;
