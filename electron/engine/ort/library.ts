import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { AppError } from '../../contract/errors';
import { koffi } from './ffi';

/** File names of ONNX Runtime's own library and of its CUDA provider, by platform. */
const NAMES: Partial<Record<NodeJS.Platform, { runtime: RegExp; cuda: string }>> = {
  linux: { runtime: /^libonnxruntime\.so(\.|$)/, cuda: 'libonnxruntime_providers_cuda.so' },
  darwin: { runtime: /^libonnxruntime\..*dylib$/, cuda: 'libonnxruntime_providers_cuda.dylib' },
  win32: { runtime: /^onnxruntime\.dll$/, cuda: 'onnxruntime_providers_cuda.dll' },
};

/**
 * Where ONNX Runtime's shared library is: `ORT_LIB` if set (a GPU build put elsewhere, for example), else the one in the folder
 * `AUTOGLM_CUDA` where the user had the GPU libraries fetched, else the one that the npm package onnxruntime-node ships for this
 * platform.
 *
 * @throws AppError `engine-failed` when there is none.
 */
export function findRuntimeLibrary(env: NodeJS.ProcessEnv = process.env): string {
  if (env.ORT_LIB) {
    if (existsSync(env.ORT_LIB)) return realpathSync(env.ORT_LIB);
    throw new AppError('engine-failed', `ORT_LIB names ${env.ORT_LIB}, which does not exist.`, {
      kind: 'runtime-missing',
    });
  }
  const pattern = NAMES[process.platform]?.runtime;
  const fetched = fetchedLibraries(env);
  const own = fetched && pattern && readdirSync(fetched).find((name) => pattern.test(name));
  if (fetched && own && findCudaProvider(join(fetched, own))) return join(fetched, own);
  const folder = join(onnxruntimeNodeFolder(), 'bin');
  // bin/napi-v6/linux/x64/libonnxruntime.so.1; the N-API number changes between releases.
  for (const napi of existsSync(folder) ? readdirSync(folder).sort().reverse() : []) {
    const platform = join(folder, napi, process.platform, process.arch);
    const name = existsSync(platform) && pattern ? readdirSync(platform).find((n) => pattern.test(n)) : null;
    // A library inside an asar archive cannot be loaded; packaging unpacks it to a folder beside.
    if (name) return join(platform, name).replace(/\bapp\.asar\b(?!\.unpacked)/, 'app.asar.unpacked');
  }
  throw new AppError(
    'engine-failed',
    `onnxruntime-node has no library for ${process.platform}-${process.arch} in ${folder}. Install it again with "npm ci".`,
    { kind: 'runtime-missing' },
  );
}

/** The CUDA provider's library, which must lie beside the runtime's; null where it does not. */
export function findCudaProvider(runtimeLibrary: string): string | null {
  const name = NAMES[process.platform]?.cuda;
  const path = name ? join(dirname(runtimeLibrary), name) : null;
  return path && existsSync(path) ? path : null;
}

/** Where the app has put the libraries that the user had it fetch; null while they are not whole. */
function fetchedLibraries(env: NodeJS.ProcessEnv): string | null {
  const folder = env.AUTOGLM_CUDA;
  return folder && existsSync(join(folder, 'installed.json')) ? join(folder, 'lib') : null;
}

/** What is needed comes before what needs it. cuDNN opens its own parts by name, which finds those that are loaded. */
const LOAD_ORDER = [
  /cudart/,
  /nvJitLink/i,
  /nvrtc-builtins/,
  /nvrtc/,
  /cublasLt/,
  /cublas/,
  /curand/,
  /cufft/,
  /cudnn_graph/,
  /cudnn_ops/,
  /cudnn/,
] as const;

let preloaded: unknown[] | null = null;

/**
 * Loads the CUDA libraries that the app fetched, so that ONNX Runtime's provider finds them: the system's loader does not look into the
 * user's folders, but takes a library of the wanted name that is loaded already. Does nothing where none were fetched.
 *
 * @throws AppError `provider-unavailable` naming the library that cannot be loaded.
 */
export function preloadCudaLibraries(env: NodeJS.ProcessEnv = process.env): void {
  const folder = fetchedLibraries(env);
  if (preloaded || !folder) return;
  if (process.platform === 'win32') env.PATH = `${folder}${delimiter}${env.PATH ?? ''}`;
  const names = readdirSync(folder);
  // In order, each once; held so that they stay loaded.
  const ordered = [
    ...new Set(LOAD_ORDER.flatMap((pattern) => names.filter((name) => pattern.test(name)).sort())),
  ];
  preloaded = ordered.map((name) => {
    try {
      return koffi.load(join(folder, name), { global: true });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AppError(
        'provider-unavailable',
        `The CUDA library ${name} cannot be loaded: ${reason}. Install the CUDA libraries again in Models.`,
        { kind: 'cuda-library-version', library: name },
      );
    }
  });
}

function onnxruntimeNodeFolder(): string {
  try {
    // dist/index.js → the package's folder. Its package.json is not always among its "exports".
    return dirname(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')));
  } catch {
    throw new AppError('engine-failed', 'The package onnxruntime-node is not installed. Run "npm ci".', {
      kind: 'runtime-missing',
    });
  }
}
