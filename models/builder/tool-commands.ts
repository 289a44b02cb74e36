import { assertNever } from '../../electron/contract/errors';
import type { HubConnection, ToolCommand, ToolMessage } from '../../electron/contract/model-tool';
import type { ModelTask } from '../../electron/contract/models';
import { VerifiedFiles, verifyPackage } from '../../electron/engine/runtime/package';
import { type ConvertOptions, type ConvertPhase, convert } from './convert';
import { explain } from './errors';
import type { HubAccess } from './hub/api';
import type { TransferProgress } from './hub/transfer-progress';
import { locateModel } from './hub-cache';
import { importFolder } from './import-folder';
import { inspectFolder } from './inspect-folder';
import { findLibraries, installLibraries } from './libraries/install';
import { REGISTRIES, type Registries } from './libraries/registries';
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
      return { found: inspectFolder(locateModel(command.path)) };
    case 'import':
      await importFolder(command, (fraction) => progress('copy', fraction));
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
