import type { KernelContext, NodeInfo } from '../custom-operator';
import type { Pointer } from '../ffi';
import { reasonOf } from '../kernel-api';
import { type CublasLt, MOST_COLUMNS, WORKSPACE_BYTES } from './cublas-lt';
import type { OperatorDevice } from './device';
import type { Sizes } from './product-sizes';
import type { Workspace } from './workspace';

/** Tensor cores that take 8-bit floats: Ada and Hopper. */
const LEAST_CAPABILITY = 89;
/** e4m3's rounding of activations and weights makes 3.4 % in the root mean square (normal numbers); somewhat more is no sign of a fault. */
const ROUNDING = 0.06;

/** A node's products of many rows in 8-bit floats. */
export interface NodeFloat8Products {
  readonly rounding: number;
  product(context: KernelContext, y: Pointer, rows: number): void;
  gated(context: KernelContext, y: Pointer, rows: number): void;
}

/**
 * Products of a prompt's rows in 8-bit floats (float8.cu): each row of activations, and each row of the weights, is made e4m3 with a factor of its own, and cuBLASLt multiplies,
 * twice as fast as halves. Weights of 4 bits lose little more by it than they have; those of 8 bits stay as they are.
 */
export class Float8Products {
  readonly #device: OperatorDevice;
  readonly #cublas: CublasLt;
  readonly #values: Workspace;
  readonly #valueFactors: Workspace;
  readonly #weights: Workspace;
  readonly #weightFactors: Workspace;
  readonly #scratch: Workspace;

  private constructor(device: OperatorDevice, cublas: CublasLt) {
    this.#device = device;
    this.#cublas = cublas;
    const workspace = () => device.workspace({ keepsOutgrown: false });
    this.#values = workspace();
    this.#valueFactors = workspace();
    this.#weights = workspace();
    this.#weightFactors = workspace();
    this.#scratch = workspace();
  }

  /** Null where the GPU has no such tensor cores, or cuBLASLt is missing, which the device is told. */
  static open(device: OperatorDevice): Float8Products | null {
    if (device.modules.capability < LEAST_CAPABILITY) return null;
    try {
      const cublas = device.openCublas();
      device.onDisposed(() => cublas.dispose());
      return new Float8Products(device, cublas);
    } catch (error) {
      device.refuse('float8', reasonOf(error));
      return null;
    }
  }

  /** @param up memory for the second product of a gate. @returns undefined for sizes that these are not for. */
  create(node: NodeInfo, { K, N, bits, block }: Sizes, up: Workspace): NodeFloat8Products | undefined {
    if (bits !== 4 || K % 32 !== 0 || N % 16 !== 0 || K > MOST_COLUMNS) return undefined;
    const module = this.#device.module('float8', { BLOCK: block });
    const activate = node.integer('activation') === 1;
    const hasBias = node.inputCount === 4;

    /** @returns where the factors of the rows are. */
    const readValues = (context: KernelContext, rows: number): Pointer => {
      const factors = this.#valueFactors.bytes(4 * rows);
      module()
        .kernel('values_float8')
        .launch({ stream: context.stream(), blocks: [rows], threads: 256 }, [
          ...[this.#values.bytes(rows * K), factors, context.address(0), K],
        ]);
      return factors;
    };
    /** Into `y`, before its factors; those of its columns go where `factors` is. */
    const multiply = (context: KernelContext, codes: number, factors: Pointer, y: Pointer, rows: number) => {
      const stream = context.stream();
      const weights = this.#weights.bytes(N * K);
      module()
        .kernel('weights_float8')
        .launch({ stream, blocks: [N], threads: 128 }, [
          ...[weights, factors, context.address(codes), context.address(codes + 1), K],
        ]);
      const [x, workspace] = [this.#values.bytes(rows * K), this.#scratch.bytes(WORKSPACE_BYTES)];
      this.#cublas.multiply({ stream, m: rows, n: N, k: K, x, weights, y, workspace });
    };
    return {
      rounding: ROUNDING,
      product: (context, y, rows) => {
        const ofRows = readValues(context, rows);
        const ofColumns = this.#weightFactors.bytes(8 * N);
        multiply(context, 1, ofColumns, y, rows);
        const bias = hasBias ? context.address(3) : 0n;
        module()
          .kernel('scale_product')
          .launch({ stream: context.stream(), blocks: [rows], threads: 256 }, [
            ...[y, ofRows, ofColumns, bias, activate ? 1 : 0, N],
          ]);
      },
      gated: (context, y, rows) => {
        const ofRows = readValues(context, rows);
        const ofColumns = this.#weightFactors.bytes(8 * N);
        const ofUpColumns = ofColumns + BigInt(4 * N);
        const second = up.bytes(2 * rows * N);
        multiply(context, 1, ofColumns, y, rows);
        multiply(context, 3, ofUpColumns, second, rows);
        module()
          .kernel('gate_product')
          .launch({ stream: context.stream(), blocks: [rows], threads: 256 }, [
            ...[y, second, ofRows, ofColumns, ofUpColumns, N],
          ]);
      },
    };
  }
}
