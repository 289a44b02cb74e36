import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { koffi, type Pointer } from '../ffi';

/** NVIDIA's runtime compiler under the names of the CUDA versions that ONNX Runtime is built for; cuDNN brings it along. */
const NAMES =
  process.platform === 'win32'
    ? ['nvrtc64_130_0.dll', 'nvrtc64_120_0.dll']
    : ['libnvrtc.so.13', 'libnvrtc.so.12', 'libnvrtc.so'];

/** Files of kernels beside this one, and what goes in front of each. */
export const KERNEL_FILES = {
  products: ['common'],
  float8: ['common'],
  norms: ['common'],
  attention: ['common', 'rotary'],
  'attention-int8': ['common', 'rotary'],
  candidates: ['common'],
  'sparse-attention': ['common'],
} as const;
export type KernelFile = keyof typeof KERNEL_FILES;

type Compiler = ReturnType<typeof openCompiler>;

let compiler: Compiler | undefined;

/**
 * A file of kernels as machine code for one GPU (a cubin), compiled on one of koffi's threads: a second or less.
 *
 * @param capability compute capability, 90 for 9.0
 * @param macros what the file wants to be told, `{ BITS: 4, BLOCK: 32 }`
 * @throws Error with the compiler's words, or where there is none.
 */
export async function compile(
  file: KernelFile,
  capability: number,
  macros: Readonly<Record<string, number>>,
  from = openOnce,
): Promise<Uint8Array> {
  const source = [...KERNEL_FILES[file], file]
    .map((name) => readFileSync(join(folder(), `${name}.cu`), 'utf8'))
    .join('\n');
  const options = [
    `--gpu-architecture=sm_${capability}`,
    '--std=c++17',
    ...Object.entries(macros).map(([name, value]) => `-D${name}=${value}`),
  ];
  return from().compile(`${file}.cu`, source, options);
}

/** Beside this file in the source tree, beside the bundle's in the built app. */
function folder(): string {
  const own = dirname(fileURLToPath(import.meta.url));
  // The bundle's modules may lie in a folder of their own, its files beside the engine.
  return own.endsWith('chunks') ? dirname(own) : own;
}

function openOnce(): Compiler {
  compiler ??= openCompiler();
  return compiler;
}

/** @throws Error where there is no compiler. */
export function openCompiler(load: typeof koffi.load = koffi.load) {
  const library = loadLibrary(load);
  const fn = {
    create: library.func(
      'int nvrtcCreateProgram(_Out_ void **program, str source, str name, int headers, void *sources, void *names)',
    ),
    compile: library.func('int nvrtcCompileProgram(void *program, int count, const char **options)'),
    codeBytes: library.func('int nvrtcGetCUBINSize(void *program, _Out_ size_t *bytes)'),
    code: library.func('int nvrtcGetCUBIN(void *program, void *code)'),
    logBytes: library.func('int nvrtcGetProgramLogSize(void *program, _Out_ size_t *bytes)'),
    log: library.func('int nvrtcGetProgramLog(void *program, void *log)'),
    destroy: library.func('int nvrtcDestroyProgram(void **program)'),
  };
  const bytesOf = (size: typeof fn.codeBytes, read: typeof fn.code, program: Pointer): Uint8Array => {
    const count = [0];
    size(program, count);
    const bytes = new Uint8Array(new ArrayBuffer(Number(count[0])));
    read(program, bytes);
    return bytes;
  };

  return {
    /** Held so that koffi does not unload it. */
    library,
    async compile(name: string, source: string, options: readonly string[]): Promise<Uint8Array> {
      const out: (Pointer | null)[] = [null];
      if (fn.create(out, source, name, 0, null, null) !== 0) throw new Error(`NVRTC does not take ${name}.`);
      const program = out[0] as Pointer;
      try {
        const result = await new Promise<number>((resolve, reject) => {
          fn.compile.async(program, options.length, options, (error: unknown, value: number) =>
            error ? reject(error) : resolve(value),
          );
        });
        if (result === 0) return bytesOf(fn.codeBytes, fn.code, program);
        const log = new TextDecoder().decode(bytesOf(fn.logBytes, fn.log, program)).replace(/\0.*$/s, '');
        throw new Error(
          `NVRTC could not compile ${name} (${options.join(' ')}), error ${result}: ${log.trim()}`,
        );
      } finally {
        fn.destroy([program]);
      }
    },
  };
}

function loadLibrary(load: typeof koffi.load) {
  for (const name of NAMES) {
    try {
      return load(name);
    } catch {
      // The next name.
    }
  }
  throw new Error(`NVIDIA's runtime compiler was not found (${NAMES.join(', ')}).`);
}
