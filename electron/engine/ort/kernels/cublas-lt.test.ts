import { describe, expect, test, vi } from 'vitest';
import { library } from '../../testing/cuda';
import type { Pointer } from '../ffi';
import { openCublasLt, WORKSPACE_BYTES } from './cublas-lt';

/** cuBLASLt as a stand-in: layouts are numbered from 100, and nothing is multiplied. */
function stub({ found = 1, status = 0 } = {}) {
  const layouts = new Map<Pointer, readonly number[]>();
  const calls: unknown[][] = [];
  const gone: Pointer[] = [];
  const plan = vi.fn();
  let next = 100n;
  const make = (value: Pointer) => (out: Pointer[]) => {
    out[0] = value;
    return 0;
  };
  const leave = (one: Pointer) => {
    gone.push(one);
    return 0;
  };
  const handle = library({
    cublasLtCreate: make(1n),
    cublasLtDestroy: leave,
    cublasLtMatmulDescCreate: make(2n),
    cublasLtMatmulDescSetAttribute(_of: Pointer, attribute: number, value: Int32Array, bytes: number) {
      calls.push(['describe', attribute, value[0], bytes]);
      return 0;
    },
    cublasLtMatmulDescDestroy: leave,
    cublasLtMatrixLayoutCreate(out: Pointer[], ...shape: number[]) {
      out[0] = next++;
      layouts.set(out[0], shape);
      return 0;
    },
    cublasLtMatrixLayoutDestroy(layout: Pointer) {
      if (!layouts.delete(layout)) throw new Error('Destroyed twice.');
      return 0;
    },
    cublasLtMatmulPreferenceCreate: make(3n),
    cublasLtMatmulPreferenceSetAttribute(_of: Pointer, attribute: number, value: BigUint64Array) {
      calls.push(['prefer', attribute, value[0]]);
      return 0;
    },
    cublasLtMatmulPreferenceDestroy: leave,
    cublasLtMatmulAlgoGetHeuristic(...args: unknown[]) {
      plan();
      (args[8] as Uint8Array)[0] = 55;
      (args[9] as number[])[0] = found;
      return status;
    },
    cublasLtMatmul(...args: unknown[]) {
      const [, , alpha, weights, ofWeights, x, ofX, beta, , , y, ofY, algorithm, ...rest] = args;
      const shapes = [ofWeights, ofX, ofY].map((one) => layouts.get(one as Pointer));
      calls.push([
        'multiply',
        (alpha as Float32Array)[0],
        (beta as Float32Array)[0],
        weights,
        x,
        y,
        ...shapes,
      ]);
      calls.push(['with', (algorithm as Uint8Array)[0], ...rest]);
      return 0;
    },
  });
  return { open: () => openCublasLt(() => handle), calls, layouts, gone, plan };
}

const product = (m: number) => ({
  ...{ stream: 9n, m, n: 32, k: 64 },
  ...{ x: 10n, weights: 11n, y: 12n, workspace: 13n },
});

describe('cuBLASLt', () => {
  test('multiplies e4m3 into halves, told by columns, shrunk', () => {
    const { open, calls } = stub();
    open().multiply(product(5));
    expect(calls).toEqual([
      ['describe', 3, 1, 4],
      ['prefer', 1, BigInt(WORKSPACE_BYTES)],
      ['multiply', 1 / 65536, 0, 11n, 10n, 12n, [28, 64, 32, 64], [28, 64, 5, 64], [2, 32, 5, 32]],
      ['with', 55, 13n, WORKSPACE_BYTES, 9n],
    ]);
  });

  test('plans each shape once and keeps the most recent', () => {
    const { open, plan, layouts } = stub();
    const cublas = open();
    for (let m = 1; m <= 200; m++) cublas.multiply(product(m));
    cublas.multiply(product(1));
    expect([plan.mock.calls.length, layouts.size]).toEqual([200, 600]);
    cublas.multiply(product(201));
    expect(layouts.size).toBe(600);
    cublas.multiply(product(1));
    expect(plan).toHaveBeenCalledTimes(201);
    cublas.multiply(product(2));
    expect(plan).toHaveBeenCalledTimes(202);
  });

  test.each([
    [{ found: 0 }, 15],
    [{ status: 7 }, 7],
  ])('says which product it has not: %j', (of, status) => {
    const { open, layouts } = stub(of);
    const cublas = open();
    expect(() => cublas.multiply(product(5))).toThrow(
      `cuBLASLt could not multiply 8-bit floats of 5 x 32 x 64 (status ${status}).`,
    );
    expect(layouts.size).toBe(0);
  });

  test('leaves nothing', () => {
    const { open, layouts, gone } = stub();
    const cublas = open();
    cublas.multiply(product(5));
    cublas.dispose();
    expect([layouts.size, gone]).toEqual([0, [3n, 2n, 1n]]);
  });

  test('names what is missing', () => {
    const missing = () => {
      throw new Error('no such file');
    };
    expect(() => openCublasLt(missing)).toThrow(/^NVIDIA's cuBLASLt was not found \(/);
  });
});
