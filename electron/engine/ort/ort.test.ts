import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createRandomPackage } from '../testing/random-package';
import { loadApi, TerminatedError } from './api';
import { createArray } from './backend';
import { CpuBackend } from './cpu-backend';
import { halvesToFloats } from './float16';
import { findCudaProvider, findRuntimeLibrary, preloadCudaLibraries } from './library';

const tiny = createRandomPackage();
afterAll(() => tiny.remove());

describe("ONNX Runtime's library", () => {
  test('is the one that was fetched with the CUDA libraries, once they are whole', () => {
    const folder = mkdtempSync(join(tmpdir(), 'autoglm-cuda-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const own = findRuntimeLibrary({});
    const env = { AUTOGLM_CUDA: folder };
    mkdirSync(join(folder, 'lib'));
    writeFileSync(join(folder, 'lib', 'libonnxruntime.so'), '');
    writeFileSync(join(folder, 'lib', 'libonnxruntime_providers_cuda.so'), '');
    expect(findRuntimeLibrary(env)).toBe(own);
    writeFileSync(join(folder, 'installed.json'), '{}');
    const fetched = process.platform === 'linux' ? join(folder, 'lib', 'libonnxruntime.so') : own;
    expect(findRuntimeLibrary(env)).toBe(fetched);
    writeFileSync(join(folder, 'lib', 'libcudart.so.12'), 'no library');
    if (process.platform === 'linux')
      expect(() => preloadCudaLibraries(env)).toThrow(/libcudart\.so\.12 cannot be loaded/);
  });

  test("is onnxruntime-node's unless ORT_LIB names another", () => {
    const library = findRuntimeLibrary({});
    expect(library).toMatch(/onnxruntime-node.*onnxruntime/);
    expect(findRuntimeLibrary({ ORT_LIB: library })).toBe(library);
    expect(() => findRuntimeLibrary({ ORT_LIB: '/nowhere/libonnxruntime.so' })).toThrow(/does not exist/);
    expect(findCudaProvider('/nowhere/libonnxruntime.so')).toBeNull();
  });

  test('is of the version that the engine was written for', () => {
    expect(loadApi(findRuntimeLibrary()).version).toBe('1.29.0');
  });

  test('is loaded once', () => {
    const library = findRuntimeLibrary();
    expect(loadApi(library)).toBe(loadApi(library));
    expect(() => loadApi(join(dirname(library), 'other.so'))).toThrow(/already loaded/);
  });
});

describe('a session', () => {
  const inputs = (backend: CpuBackend, length: number) => {
    const ids = backend.buffer('int64', [1, length]);
    ids.data.fill(40n);
    const seqlens = backend.buffer('int32', [1]);
    const total = backend.buffer('int32', []);
    seqlens.data[0] = length - 1;
    total.data[0] = length;
    const cache = (prefix: string) =>
      Object.fromEntries(
        [0, 1].flatMap((layer) =>
          ['key', 'value'].map((part) => [`${prefix}.${layer}.${part}`, tensors[`${layer}.${part}`]!]),
        ),
      );
    const tensors = Object.fromEntries(
      ['0.key', '0.value', '1.key', '1.value'].map((name) => [
        name,
        backend.allocate('float32', [1, 4, 64, 16]),
      ]),
    );
    return {
      in: { input_ids: ids, seqlens_k: seqlens, total_sequence_length: total, ...cache('past_key_values') },
      out: cache('present'),
    };
  };

  test("that cannot be opened gives ONNX Runtime's own words", async () => {
    const backend = new CpuBackend(1);
    await expect(backend.open('/nowhere.onnx')).rejects.toMatchObject({
      code: 'engine-failed',
      details: { ort: expect.stringContaining("File doesn't exist") },
    });
    backend.dispose();
  });

  test('refuses a name that it does not have, and tensors of another backend', async () => {
    const backend = new CpuBackend(1);
    const session = await backend.open(join(tiny.folder, 'encoder.fp32.onnx'));
    const tensor = backend.buffer('int64', [1, 1]);
    expect(() => session.bind({ nonsense: tensor }, {})).toThrow(/nonsense/);
    expect(() => session.bind({ input_ids: { ...tensor, dispose() {} } }, {})).toThrow(TypeError);
    session.dispose();
    session.dispose();
    backend.dispose();
  });

  test('runs in the background, and not at all once aborted', async () => {
    const backend = new CpuBackend(1);
    const session = await backend.open(join(tiny.folder, 'encoder.fp32.onnx'));
    const bound = inputs(backend, 8);
    const binding = session.bind(bound.in, bound.out);
    await binding.runAsync();
    await expect(binding.runAsync(AbortSignal.abort())).rejects.toBeInstanceOf(TerminatedError);
    const abort = new AbortController();
    const running = binding.runAsync(abort.signal);
    abort.abort();
    // A run so short may be over before it is told; either way the next one works.
    await running.catch((error: unknown) => expect(error).toBeInstanceOf(TerminatedError));
    await binding.runAsync();
    binding.dispose();
    session.dispose();
    backend.dispose();
  });
});

test('float16 widens exactly', () => {
  const halves = Uint16Array.of(
    0x0000,
    0x8000,
    0x3c00,
    0xc000,
    0x7bff,
    0x0001,
    0x0400,
    0x7c00,
    0xfc00,
    0x3555,
  );
  const floats = new Float32Array(halves.length);
  halvesToFloats(halves, floats);
  expect([...floats]).toEqual([
    0,
    -0,
    1,
    -2,
    65504,
    2 ** -24,
    2 ** -14,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0.333251953125,
  ]);
  halvesToFloats(Uint16Array.of(0x7e00), floats);
  expect(floats[0]).toBeNaN();
});

test('arrays for native code lie outside the moving heap', () => {
  expect(createArray('int64', 1).buffer.byteLength).toBe(8);
  expect(createArray('float16', 3)).toBeInstanceOf(Uint16Array);
});
