import { koffi, type Pointer } from '../ffi';

/** NVIDIA's library for matrix products under the names of the CUDA versions that ONNX Runtime is built for, which needs it as well. */
const NAMES =
  process.platform === 'win32'
    ? ['cublasLt64_13.dll', 'cublasLt64_12.dll']
    : ['libcublasLt.so.13', 'libcublasLt.so.12', 'libcublasLt.so'];

/** Values of cublasLt.h, cublas_api.h and library_types.h. */
const TYPE = { half: 2, single: 0, e4m3: 28 } as const;
const COMPUTE_SINGLE = 68;
const TRANSPOSED = 1;
const DESCRIPTION = { transA: 3 } as const;
const PREFERENCE = { workspaceBytes: 1 } as const;
const NOT_SUPPORTED = 15;
/** `cublasLtMatmulHeuristicResult_t` begins with the `cublasLtMatmulAlgo_t` that a product is started with. */
const RESULT_BYTES = 96;

/** Of float8.cu. */
const SHRINK = 65536;
/** Columns up to which no sum of products of two e4m3, of 448 at most, is beyond a half when it is shrunk. */
export const MOST_COLUMNS = 21_000;
/** What NVIDIA recommends for Hopper. */
export const WORKSPACE_BYTES = 32 << 20;
/** Shapes whose plans are kept: five products of a layer, and the last lengths of prompts. */
const MOST_PLANS = 200;

/** A product's operands in device memory: `y` [m, n] halves, `x` [m, k] and `weights` [n, k] e4m3, `workspace` of `WORKSPACE_BYTES`. */
export interface Float8Product {
  readonly stream: Pointer;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly x: Pointer;
  readonly weights: Pointer;
  readonly y: Pointer;
  readonly workspace: Pointer;
}

export type CublasLt = ReturnType<typeof openCublasLt>;

interface Plan {
  readonly layouts: readonly [weights: Pointer, x: Pointer, y: Pointer];
  readonly algorithm: Uint8Array;
}

/**
 * cuBLASLt's products of 8-bit floats.
 *
 * @throws Error where the library is missing.
 */
export function openCublasLt(load: typeof koffi.load = koffi.load) {
  const library = loadLibrary(load);
  const fn = {
    create: library.func('int cublasLtCreate(_Out_ void **handle)'),
    destroy: library.func('int cublasLtDestroy(void *handle)'),
    createDescription: library.func(
      'int cublasLtMatmulDescCreate(_Out_ void **description, int compute, int scale)',
    ),
    describe: library.func(
      'int cublasLtMatmulDescSetAttribute(void *description, int attribute, const void *value, size_t bytes)',
    ),
    destroyDescription: library.func('int cublasLtMatmulDescDestroy(void *description)'),
    createLayout: library.func(
      'int cublasLtMatrixLayoutCreate(_Out_ void **layout, int type, uint64_t rows, uint64_t columns, int64_t stride)',
    ),
    destroyLayout: library.func('int cublasLtMatrixLayoutDestroy(void *layout)'),
    createPreference: library.func('int cublasLtMatmulPreferenceCreate(_Out_ void **preference)'),
    prefer: library.func(
      'int cublasLtMatmulPreferenceSetAttribute(void *preference, int attribute, const void *value, size_t bytes)',
    ),
    destroyPreference: library.func('int cublasLtMatmulPreferenceDestroy(void *preference)'),
    plan: library.func(
      'int cublasLtMatmulAlgoGetHeuristic(void *handle, void *description, void *a, void *b, void *c, void *d, void *preference, int count, void *results, _Out_ int *found)',
    ),
    multiply: library.func(
      'int cublasLtMatmul(void *handle, void *description, const void *alpha, void *a, void *layoutA, void *b, void *layoutB, const void *beta, void *c, void *layoutC, void *d, void *layoutD, const void *algorithm, void *workspace, size_t bytes, void *stream)',
    ),
  };
  const make = (what: string, create: (out: (Pointer | null)[]) => unknown): Pointer => {
    const out: (Pointer | null)[] = [null];
    check(create(out), `make ${what}`);
    return out[0] as Pointer;
  };
  const handle = make('a handle', fn.create);
  // Matrices are told to it as their transposes, [k, n] and [k, m] by columns, and y as [n, m].
  const description = make('a description', (out) => fn.createDescription(out, COMPUTE_SINGLE, TYPE.single));
  check(fn.describe(description, DESCRIPTION.transA, Int32Array.of(TRANSPOSED), 4), 'describe a product');
  const preference = make('preferences', fn.createPreference);
  const workspaceBytes = BigUint64Array.of(BigInt(WORKSPACE_BYTES));
  check(fn.prefer(preference, PREFERENCE.workspaceBytes, workspaceBytes, 8), 'prefer a workspace');
  const [alpha, beta] = [Float32Array.of(1 / SHRINK), Float32Array.of(0)];
  const plans = new Map<string, Plan>();

  function leave({ layouts }: Plan): void {
    for (const layout of layouts) fn.destroyLayout(layout);
  }

  function planFor(m: number, n: number, k: number): Plan {
    const key = `${m},${n},${k}`;
    const known = plans.get(key);
    if (known) {
      // The most recent last.
      plans.delete(key);
      plans.set(key, known);
      return known;
    }
    const layout = (type: number, rows: number, columns: number) =>
      make('a layout', (out) => fn.createLayout(out, type, rows, columns, rows));
    const layouts = [layout(TYPE.e4m3, k, n), layout(TYPE.e4m3, k, m), layout(TYPE.half, n, m)] as const;
    const plan = { layouts, algorithm: new Uint8Array(new ArrayBuffer(RESULT_BYTES)) };
    const found = [0];
    const status = fn.plan(
      handle,
      description,
      ...[layouts[0], layouts[1], layouts[2], layouts[2]],
      preference,
      ...[1, plan.algorithm, found],
    );
    if (status !== 0 || found[0] === 0) {
      leave(plan);
      check(status || NOT_SUPPORTED, `multiply 8-bit floats of ${m} x ${n} x ${k}`);
    }
    plans.set(key, plan);
    if (plans.size > MOST_PLANS) {
      const [oldest] = plans;
      leave(oldest![1]);
      plans.delete(oldest![0]);
    }
    return plan;
  }

  return {
    /** Held so that koffi does not unload it. */
    library,

    /** y = x weightsᵀ / `SHRINK`. k and n are multiples of 16. @throws Error where the GPU or the library has no such product. */
    multiply({ stream, m, n, k, x, weights, y, workspace }: Float8Product): void {
      const { layouts, algorithm } = planFor(m, n, k);
      check(
        fn.multiply(
          ...[
            handle,
            description,
            alpha,
            weights,
            layouts[0],
            x,
            layouts[1],
            beta,
            y,
            layouts[2],
            y,
            layouts[2],
          ],
          ...[algorithm, workspace, WORKSPACE_BYTES, stream],
        ),
        'multiply',
      );
    },

    dispose(): void {
      for (const plan of plans.values()) leave(plan);
      plans.clear();
      fn.destroyPreference(preference);
      fn.destroyDescription(description);
      fn.destroy(handle);
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
  throw new Error(`NVIDIA's cuBLASLt was not found (${NAMES.join(', ')}).`);
}

function check(status: unknown, what: string): void {
  if (status !== 0) throw new Error(`cuBLASLt could not ${what} (status ${status}).`);
}
