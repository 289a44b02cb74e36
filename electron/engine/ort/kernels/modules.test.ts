import { describe, expect, test, vi } from 'vitest';
import { library } from '../../testing/cuda';
import { koffi, type Pointer } from '../ffi';
import { CudaModules, GpuTooOldError } from './modules';

const KERNEL = 0x1234n;

/** A driver whose GPU has these attributes, and what it was asked to launch, read as the driver would. */
function driver({ major = 9, minor = 0, loads = 0, launched = 0 } = {}) {
  const attributes: Record<number, number> = { 16: 132, 75: major, 76: minor, 97: 232_448 };
  const set: unknown[][] = [];
  const launches: { config: DataView; address: Pointer; kernel: Pointer; args: Pointer[] }[] = [];
  const read = (address: Pointer, bytes: number) =>
    new DataView(Uint8Array.from(koffi.decode(address, 'uint8_t', bytes) as number[]).buffer);
  const loaded = vi.fn();
  const functions = {
    cuDeviceGetAttribute(out: number[], attribute: number) {
      out[0] = attributes[attribute] ?? -1;
      return 0;
    },
    cuModuleLoadData(out: Pointer[], code: Uint8Array) {
      loaded(code);
      out[0] = 0x99n;
      return loads;
    },
    cuModuleGetFunction(out: Pointer[], module: Pointer, name: string) {
      out[0] = KERNEL;
      return module === 0x99n && name !== 'missing' ? 0 : 500;
    },
    cuFuncSetAttribute(...args: unknown[]) {
      set.push(args);
      return 0;
    },
    cuStreamSynchronize: (stream: Pointer) => (stream === 5n ? 0 : 400),
    cuLaunchKernelEx(config: Pointer, kernel: Pointer, args: Pointer) {
      const pointers = read(args, 128);
      const at = Array.from({ length: 16 }, (_, i) => pointers.getBigUint64(8 * i, true));
      launches.push({ config: read(config, 128), address: config, kernel, args: at });
      return launched;
    },
  };
  const value = (address: Pointer) => read(address, 8);
  return { driver: { library: library(functions) }, set, launches, loaded, value };
}

const compiled = () => vi.fn(async () => new Uint8Array([1, 2, 3]));

describe('kernels on a GPU', () => {
  test('know its multiprocessors, and its shared memory less what the kernels have already', () => {
    const { multiprocessors, sharedBytes } = new CudaModules(driver().driver, 0, compiled());
    expect([multiprocessors, sharedBytes]).toEqual([132, 222_208]);
  });

  test('are not for one from before compute capability 8.0, in words', () => {
    const make = (major: number, minor: number) => () =>
      new CudaModules(driver({ major, minor }).driver, 0, compiled());
    expect(make(7, 5)).toThrow(GpuTooOldError);
    expect(make(7, 5)).toThrow('The GPU has compute capability 7.5; the kernels need 8.0.');
    expect(make(8, 0)).not.toThrow();
  });

  test('are compiled once for equal macros, for its capability', async () => {
    const compile = compiled();
    const { driver: given, loaded } = driver({ major: 8, minor: 6 });
    const modules = new CudaModules(given, 0, compile);
    const one = modules.load('products', { BITS: 4, BLOCK: 32 });
    expect(modules.load('products', { BITS: 4, BLOCK: 32 })).toBe(one);
    expect(modules.load('products', { BITS: 8, BLOCK: 32 })).not.toBe(one);
    expect(modules.load('norms')).not.toBe(one);
    await one;
    expect(compile.mock.calls).toEqual([
      ['products', 86, { BITS: 4, BLOCK: 32 }],
      ['products', 86, { BITS: 8, BLOCK: 32 }],
      ['norms', 86, {}],
    ]);
    expect(loaded).toHaveBeenCalledWith(new Uint8Array([1, 2, 3]));
  });

  test('an error of the compiler meets who waits for it, each time', async () => {
    const modules = new CudaModules(driver().driver, 0, async () =>
      Promise.reject(new Error('no such type')),
    );
    await expect(modules.load('norms')).rejects.toThrow('no such type');
    await expect(modules.load('norms')).rejects.toThrow('no such type');
  });

  test('what the driver refuses is said with its number', async () => {
    const refused = new CudaModules(driver({ loads: 209 }).driver, 0, compiled());
    await expect(refused.load('norms')).rejects.toThrow('could not load the kernels (error 209)');
    const modules = new CudaModules(driver().driver, 0, compiled());
    expect(() => modules.finish(6n)).toThrow('could not finish a kernel (error 400)');
    expect(() => modules.finish(5n)).not.toThrow();
    const module = await modules.load('norms');
    expect(() => module.kernel('missing')).toThrow('could not find the kernel missing (error 500)');
  });
});

/** `CUlaunchConfig` and `CUlaunchAttribute` of cuda.h, by their offsets there. */
describe('a launch', () => {
  async function launched(major: number) {
    const gpu = driver({ major });
    const module = await new CudaModules(gpu.driver, 0, compiled()).load('norms');
    const kernel = module.kernel('add_norm');
    const args = [0xffff_ffff_ffff_fff0n, 7n, -3, 1 << 30, { float: 0.5 }, 0n];
    kernel.launch({ stream: 0xabcdef0123n, blocks: [9, 4], threads: 128, shared: 3000 }, args);
    return { ...gpu, kernel, module };
  }

  test('writes grid, block, shared memory and stream where the driver reads them', async () => {
    const { launches } = await launched(9);
    const { config, address, kernel } = launches[0]!;
    const words = [0, 4, 8, 12, 16, 20, 24].map((at) => config.getUint32(at, true));
    expect(words).toEqual([9, 4, 1, 128, 1, 1, 3000]);
    expect(config.getBigUint64(32, true)).toBe(0xabcdef0123n);
    expect(config.getBigUint64(40, true)).toBe(address + 56n);
    expect(kernel).toBe(KERNEL);
  });

  test.each([
    [9, 1],
    [8, 0],
  ])(
    'of compute capability %i.0 has %i attributes: it may overlap with the one before',
    async (major, count) => {
      const { config } = (await launched(major)).launches[0]!;
      expect(config.getUint32(48, true)).toBe(count);
      // CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION, allowed.
      expect([config.getUint32(56, true), config.getUint32(64, true)]).toEqual([6, 1]);
    },
  );

  test('gives each argument by its address: pointers, integers, floats', async () => {
    const { launches, value } = await launched(9);
    const [pointer, small, negative, integer, float, none] = launches[0]!.args.map(value);
    expect(pointer!.getBigUint64(0, true)).toBe(0xffff_ffff_ffff_fff0n);
    expect(small!.getBigUint64(0, true)).toBe(7n);
    expect(negative!.getInt32(0, true)).toBe(-3);
    expect(integer!.getInt32(0, true)).toBe(1 << 30);
    expect(float!.getFloat32(0, true)).toBe(0.5);
    expect(none!.getBigUint64(0, true)).toBe(0n);
  });

  test('of fewer blocks afterwards leaves nothing of the one before', async () => {
    const { kernel, launches } = await launched(9);
    kernel.launch({ stream: 0n, blocks: [2], threads: 32 }, [1n]);
    const { config } = launches[1]!;
    const words = [0, 4, 8, 12, 16, 20, 24].map((at) => config.getUint32(at, true));
    expect(words).toEqual([2, 1, 1, 32, 1, 1, 0]);
    expect(config.getBigUint64(32, true)).toBe(0n);
  });

  test('may ask for all shared memory where its kernel was made so, which is set once', async () => {
    const { module, set } = await launched(9);
    expect(set).toEqual([]);
    expect(module.kernel('product_deep', true)).toBe(module.kernel('product_deep', true));
    expect(set).toEqual([
      [KERNEL, 8, 222_208],
      [KERNEL, 9, 100],
    ]);
  });

  test('that the driver refuses is said with the name of its kernel', async () => {
    const module = await new CudaModules(driver({ launched: 701 }).driver, 0, compiled()).load('norms');
    const launch = () => module.kernel('add_norm').launch({ stream: 5n, blocks: [1], threads: 32 }, []);
    expect(launch).toThrow('The NVIDIA driver could not launch add_norm (error 701).');
  });
});
