import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { packagesFor } from '../../../../models/builder/libraries/packages';
import { library } from '../../testing/cuda';
import type { Pointer } from '../ffi';
import { compile, openCompiler } from './nvrtc';

const PROGRAM = 0x42n;

/** NVRTC as a stand-in that takes any source, or none. */
function nvrtc({ result = 0, created = 0, log = '' } = {}) {
  const create = vi.fn();
  const options = vi.fn();
  const destroy = vi.fn((_program: Pointer[]) => 0);
  const bytes = { code: new Uint8Array([7, 8, 9]), log: new TextEncoder().encode(`${log}\0`) };
  const sizeOf = (of: Uint8Array) => (_program: Pointer, out: number[]) => {
    out[0] = of.length;
    return 0;
  };
  const giving = (from: Uint8Array) => (_program: Pointer, to: Uint8Array) => {
    to.set(from);
    return 0;
  };
  const handle = library({
    nvrtcCreateProgram(out: Pointer[], source: string, name: string) {
      create(source, name);
      out[0] = PROGRAM;
      return created;
    },
    nvrtcCompileProgram(program: Pointer, count: number, given: string[]) {
      options(program, count, given);
      return result;
    },
    nvrtcGetCUBINSize: sizeOf(bytes.code),
    nvrtcGetCUBIN: giving(bytes.code),
    nvrtcGetProgramLogSize: sizeOf(bytes.log),
    nvrtcGetProgramLog: giving(bytes.log),
    nvrtcDestroyProgram: destroy,
  });
  const compiler = openCompiler(() => handle);
  return { from: () => compiler, create, options, destroy };
}

const source = (name: string) => readFileSync(new URL(`${name}.cu`, import.meta.url), 'utf8');

describe('compiling kernels', () => {
  test('gives what they share in front of a file, and the GPU and macros as options', async () => {
    const { from, create, options, destroy } = nvrtc();
    const code = await compile('products', 90, { BITS: 4, BLOCK: 128 }, from);
    expect(code).toEqual(new Uint8Array([7, 8, 9]));
    expect(create).toHaveBeenCalledWith(`${source('common')}\n${source('products')}`, 'products.cu');
    const given = ['--gpu-architecture=sm_90', '--std=c++17', '-DBITS=4', '-DBLOCK=128'];
    expect(options).toHaveBeenCalledWith(PROGRAM, 4, given);
    expect(destroy.mock.calls).toEqual([[[PROGRAM]]]);
  });

  test("an error has the compiler's log without its end, and leaves no program", async () => {
    const { from, destroy } = nvrtc({ result: 6, log: 'products.cu(3): error: no such type\n' });
    await expect(compile('products', 80, { BITS: 8 }, from)).rejects.toThrow(
      /^NVRTC could not compile products\.cu \(--gpu-architecture=sm_80 --std=c\+\+17 -DBITS=8\), error 6: products\.cu\(3\): error: no such type$/,
    );
    expect(destroy.mock.calls).toEqual([[[PROGRAM]]]);
  });

  test('a source that it does not take at all is an error, and there is no program to remove', async () => {
    const { from, destroy } = nvrtc({ created: 3 });
    await expect(compile('norms', 80, {}, from)).rejects.toThrow('NVRTC does not take norms.cu.');
    expect(destroy).not.toHaveBeenCalled();
  });
});

describe('the compiler', () => {
  test('is looked for under the names of CUDA 13 and 12, in this order', () => {
    const tried: string[] = [];
    const load = (name: string) => {
      tried.push(name);
      if (tried.length < 2) throw new Error('not found');
      return library(Object.fromEntries(FUNCTIONS.map((name) => [name, () => 0])));
    };
    expect(openCompiler(load as never)).toBeDefined();
    expect(tried.map((name) => /1[23]/.exec(name)?.[0])).toEqual(['13', '12']);
  });

  test('that is nowhere is said with all of its names', () => {
    const load = () => {
      throw new Error('not found');
    };
    expect(() => openCompiler(load)).toThrow(/^NVIDIA's runtime compiler was not found \(.*13.*12.*\)\.$/);
  });

  test.each([12, 13] as const)('is among the libraries that are fetched for CUDA %i', (cuda) => {
    const kept = (platform: NodeJS.Platform, ...names: string[]) => {
      const wheel = packagesFor(cuda, platform).find(({ name }) => name.includes('nvrtc'));
      return names.filter((name) => wheel?.files.test(`nvidia/lib/${name}`));
    };
    const linux = [`libnvrtc.so.${cuda}`, `libnvrtc-builtins.so.${cuda}.9`];
    expect(kept('linux', ...linux)).toEqual(linux);
    const windows = [`nvrtc64_${cuda}0_0.dll`, `nvrtc-builtins64_${cuda}9.dll`];
    expect(kept('win32', ...windows)).toEqual(windows);
  });
});

const FUNCTIONS = [
  'nvrtcCreateProgram',
  'nvrtcCompileProgram',
  'nvrtcGetCUBINSize',
  'nvrtcGetCUBIN',
  'nvrtcGetProgramLogSize',
  'nvrtcGetProgramLog',
  'nvrtcDestroyProgram',
];
