import type { CudaDriver } from '../cuda-driver';
import type { Pointer } from '../ffi';

/** A float16 tensor (an `OrtValue`) over device memory. */
export type WrapMemory = (
  address: Pointer,
  bytes: number,
  shape: readonly number[],
) => { readonly value: Pointer; release(): void };

/** Device memory outside of ORT's arena, which keeps a node's unread outputs to the end of a run; it grows to the largest that was asked for. */
export class Workspace {
  readonly #driver: CudaDriver;
  readonly #wrap: WrapMemory;
  readonly #keepsOutgrown: boolean;
  readonly #outgrown: Pointer[] = [];
  #address: Pointer | null = null;
  #bytes = 0;
  /** Tensors over it, by shape. */
  readonly #values = new Map<string, { readonly value: Pointer; release(): void }>();

  /** @param keepsOutgrown until it is disposed of: a CUDA graph that was recorded with an address goes on using it. */
  constructor(driver: CudaDriver, wrap: WrapMemory, keepsOutgrown: boolean) {
    this.#driver = driver;
    this.#wrap = wrap;
    this.#keepsOutgrown = keepsOutgrown;
  }

  /** A float16 tensor that is the caller's until the next call. @throws AppError `out-of-memory` */
  take(shape: readonly number[]): { readonly value: Pointer; readonly address: Pointer } {
    const bytes = 2 * shape.reduce((product, size) => product * size, 1);
    const address = this.bytes(bytes);
    const key = shape.join();
    let tensor = this.#values.get(key);
    if (!tensor) {
      tensor = this.#wrap(address, bytes, shape);
      this.#values.set(key, tensor);
    }
    return { value: tensor.value, address };
  }

  /** So many bytes that are the caller's until the next call. @throws AppError `out-of-memory` */
  bytes(count: number): Pointer {
    if (this.#address === null || count > this.#bytes) {
      this.#leave();
      this.#address = this.#driver.allocate(count);
      this.#bytes = count;
    }
    return this.#address;
  }

  dispose(): void {
    this.#leave();
    for (const address of this.#outgrown.splice(0)) this.#driver.free(address);
  }

  #leave(): void {
    for (const { release } of this.#values.values()) release();
    this.#values.clear();
    if (this.#address === null) return;
    if (this.#keepsOutgrown) this.#outgrown.push(this.#address);
    else this.#driver.free(this.#address);
    this.#address = null;
  }
}
