import type { CustomOperator } from '../custom-operator';
import { groupQueryAttention } from './attention';
import { OperatorDevice, type OperatorDeviceOptions } from './device';
import { addNorm } from './norms';
import { products } from './products';
import type { PromptPrecision } from './prompts';

/**
 * Our operators on CUDA. What has few rows, as a token has, goes through our kernels; more rows through ORT's own operators, by `invoke`. Each kind of
 * kernel proves itself when it first runs, as a model is warmed up: ORT's operator does the same, and where the results part its are used from then on.
 */
export class CudaOperators {
  readonly operators: readonly CustomOperator[];
  readonly #device: OperatorDevice;

  /**
   * @param options with what the products of prompts are computed in.
   * @throws GpuTooOldError
   */
  constructor(options: OperatorDeviceOptions & { readonly promptPrecision: PromptPrecision }) {
    this.#device = new OperatorDevice(options);
    this.operators = [
      ...products(this.#device, options.promptPrecision),
      addNorm(this.#device),
      groupQueryAttention(this.#device),
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

  dispose(): void {
    this.#device.dispose();
  }
}
