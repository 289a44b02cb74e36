import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { KERNEL_FILES, type KernelFile } from './nvrtc';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'autoglm-kernels-'));
afterAll(() => rmSync(folder, { recursive: true }));

const source = (file: KernelFile) =>
  [...KERNEL_FILES[file], file]
    .map((name) => readFileSync(new URL(`${name}.cu`, import.meta.url), 'utf8'))
    .join('\n');

const hasNvcc = (process.env.PATH ?? '').split(delimiter).some((path) => {
  try {
    accessSync(join(path, process.platform === 'win32' ? 'nvcc.exe' : 'nvcc'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

/** Machine code needs CUDA's compiler, not a GPU. Each of the two architectures' paths, and each number of bits and size of block, once. */
describe.skipIf(!hasNvcc)('nvcc compiles', () => {
  test.concurrent.each([
    ['products', 80, { BITS: 4, BLOCK: 64 }],
    ['products', 90, { BITS: 4, BLOCK: 32 }],
    ['products', 90, { BITS: 8, BLOCK: 128 }],
    ['float8', 89, { BLOCK: 64 }],
    ['float8', 90, { BLOCK: 32 }],
    ['norms', 80, {}],
    ['candidates', 80, {}],
    ['candidates', 90, {}],
    ['attention', 80, { HEAD: 128 }],
    ['attention', 90, { HEAD: 64 }],
    ['attention-int8', 80, { HEAD: 64 }],
    ['attention-int8', 90, { HEAD: 128 }],
    ['sparse-attention', 80, { HEAD: 64 }],
    ['sparse-attention', 90, { HEAD: 128 }],
  ] as const)(
    '%s for compute capability %i with %j',
    { timeout: 60_000 },
    async (file, capability, macros) => {
      const name = [file, capability, ...Object.values(macros)].join('-');
      const [from, to] = [join(folder, `${name}.cu`), join(folder, `${name}.cubin`)];
      writeFileSync(from, source(file));
      const defines = Object.entries(macros).map(([macro, value]) => `-D${macro}=${value}`);
      await run('nvcc', [`-arch=sm_${capability}`, '-std=c++17', '-cubin', ...defines, '-o', to, from]);
      expect(statSync(to).size).toBeGreaterThan(1000);
    },
  );
});

describe('the files of kernels', () => {
  test('include nothing, as there are no headers where they are compiled', () => {
    for (const file of Object.keys(KERNEL_FILES) as KernelFile[])
      expect(source(file)).not.toMatch(/^\s*#\s*include/m);
  });
});
