import type { LikelyTokens } from '../backend';
import type { CudaDriver } from '../cuda-driver';
import type { CustomOperator } from '../custom-operator';
import type { AttentionShape } from '../quantized-cache-graph';
import { argMax } from './arg-max';
import { groupQueryAttention } from './attention';
import { CandidateFinder, type LogitsOnDevice } from './candidates';
import { OperatorDevice, type OperatorDeviceOptions } from './device';
import type { Module } from './modules';
import { addNorm } from './norms';
import { products } from './products';
import type { PromptPrecision } from './prompts';
import { canQuantize, quantizedAttention } from './quantized-attention';
import { tryQuantizedAttention } from './quantized-attention-check';
import { sparseAttention } from './sparse-attention';

/**
 * Our operators on CUDA. What has few rows, as a token has, goes through our kernels; more rows through ORT's own operators, by `invoke`. Each kind of
 * kernel proves itself when it first runs, as a model is warmed up: ORT's operator does the same, and where the results part its are used from then on.
 */
export class CudaOperators {
  readonly operators: readonly CustomOperator[];
  readonly #device: OperatorDevice;
  readonly #driver: CudaDriver;
  readonly #candidates: () => Module;

  /**
   * @param options with what the products of prompts are computed in.
   * @throws GpuTooOldError
   */
  constructor(options: OperatorDeviceOptions & { readonly promptPrecision: PromptPrecision }) {
    this.#device = new OperatorDevice(options);
    this.#driver = options.driver;
    this.#candidates = this.#device.module('candidates');
    this.operators = [
      ...products(this.#device, options.promptPrecision),
      addNorm(this.#device),
      groupQueryAttention(this.#device),
      argMax(this.#device),
      sparseAttention(this.#device, this.#driver),
      ...quantizedAttention(this.#device),
    ];
  }

  /**
   * Waits for the kernels of the nodes made so far.
   *
   * @throws Error where one cannot be compiled.
   */
  ready(): Promise<void> {
    return this.#device.ready();
  }

  /**
   * Tries the kernels of a cache of 8 bits, each kind of layer once.
   *
   * @throws Error that says why there can be none; AppError `out-of-memory`.
   */
  async tryQuantizedAttention(shapes: readonly AttentionShape[]): Promise<void> {
    for (const shape of new Map(shapes.map((one) => [JSON.stringify(one), one])).values()) {
      const { heads, keyHeads, size, turned } = shape;
      if (!canQuantize(shape))
        throw new Error(
          `There is no kernel for ${heads} heads of ${size} over ${keyHeads}, ${turned} turned.`,
        );
      await tryQuantizedAttention(
        { device: this.#device, driver: this.#driver, ready: () => this.ready() },
        shape,
      );
    }
  }

  /** Null where the kernel cannot read such logits. @throws AppError `out-of-memory` */
  likelyTokens(logits: LogitsOnDevice): LikelyTokens | null {
    return logits.vocabulary % 8 === 0
      ? new CandidateFinder(this.#device, this.#driver, this.#candidates, logits)
      : null;
  }

  dispose(): void {
    this.#device.dispose();
  }
}
