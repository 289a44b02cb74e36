import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../../contract/errors';

/** File names of ONNX Runtime's own library and of its CUDA provider, by platform. */
const NAMES: Partial<Record<NodeJS.Platform, { runtime: RegExp; cuda: string }>> = {
  linux: { runtime: /^libonnxruntime\.so(\.|$)/, cuda: 'libonnxruntime_providers_cuda.so' },
  darwin: { runtime: /^libonnxruntime\..*dylib$/, cuda: 'libonnxruntime_providers_cuda.dylib' },
  win32: { runtime: /^onnxruntime\.dll$/, cuda: 'onnxruntime_providers_cuda.dll' },
};

/**
 * Where ONNX Runtime's shared library is: `ORT_LIB` if set (a GPU build put elsewhere, for example), else the one that the
 * npm package onnxruntime-node ships for this platform.
 *
 * @throws AppError `engine-failed` when there is none.
 */
export function findRuntimeLibrary(env: NodeJS.ProcessEnv = process.env): string {
  if (env.ORT_LIB) {
    if (existsSync(env.ORT_LIB)) return realpathSync(env.ORT_LIB);
    throw new AppError('engine-failed', `ORT_LIB names ${env.ORT_LIB}, which does not exist.`);
  }
  const folder = join(onnxruntimeNodeFolder(), 'bin');
  const pattern = NAMES[process.platform]?.runtime;
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
  );
}

/** The CUDA provider's library, which must lie beside the runtime's; null where it does not. */
export function findCudaProvider(runtimeLibrary: string): string | null {
  const name = NAMES[process.platform]?.cuda;
  const path = name ? join(dirname(runtimeLibrary), name) : null;
  return path && existsSync(path) ? path : null;
}

function onnxruntimeNodeFolder(): string {
  try {
    // dist/index.js → the package's folder. Its package.json is not always among its "exports".
    return dirname(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')));
  } catch {
    throw new AppError('engine-failed', 'The package onnxruntime-node is not installed. Run "npm ci".');
  }
}
