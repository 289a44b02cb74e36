import type { LikelyTokens, LikelyTokensAsked, LikelyTokensFound } from '../backend';
import type { CudaDriver } from '../cuda-driver';
import type { Pointer } from '../ffi';
import type { OperatorDevice } from './device';
import type { Module } from './modules';

/** Of candidates.cu. */
const MOST_FOUND = 256;
const THREADS = 1024;
const HEADER_BYTES = 16;
const FOUND_BYTES = HEADER_BYTES + 8 * MOST_FOUND;
/** How far the sum of all weights, and the largest logit, may be from what this processor makes of the same logits. */
const TOLERANCE = 1e-3;

/** Row of float16 logits on the device. */
export interface LogitsOnDevice {
  readonly address: Pointer;
  readonly vocabulary: number;
  /** Copies them to this processor, for the first find, which is compared. */
  readonly read: () => Float32Array;
}

/** Finds the likeliest tokens on the GPU (candidates.cu). Where its first find is not what this processor finds, it finds nothing from then on. */
export class CandidateFinder implements LikelyTokens {
  readonly most = MOST_FOUND;
  readonly #device: OperatorDevice;
  readonly #driver: CudaDriver;
  readonly #module: () => Module;
  readonly #logits: LogitsOnDevice;
  readonly #address: Pointer;
  readonly #bytes = new Uint8Array(new ArrayBuffer(FOUND_BYTES));
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #ids = new Int32Array(this.#bytes.buffer, HEADER_BYTES, MOST_FOUND);
  readonly #found = new Float32Array(this.#bytes.buffer, HEADER_BYTES + 4 * MOST_FOUND, MOST_FOUND);
  #trusted: boolean | null = null;

  /** @param module of candidates.cu. @throws AppError `out-of-memory` */
  constructor(device: OperatorDevice, driver: CudaDriver, module: () => Module, logits: LogitsOnDevice) {
    this.#device = device;
    this.#driver = driver;
    this.#logits = logits;
    this.#module = module;
    this.#address = driver.allocate(FOUND_BYTES);
  }

  find(asked: LikelyTokensAsked): LikelyTokensFound | null {
    if (this.#trusted === false) return null;
    const { temperature, mass, least, reach } = asked;
    const numbers = [{ float: 1 / temperature }, { float: mass }, least, { float: reach }];
    try {
      this.#module()
        .kernel('find_candidates')
        .launch({ stream: 0n, blocks: [1], threads: THREADS }, [
          ...[this.#address, this.#logits.address, this.#logits.vocabulary],
          ...numbers,
        ]);
      this.#driver.copyToHost(this.#bytes, this.#address);
    } catch (error) {
      this.#refuse(String(error));
      return null;
    }
    const count = this.#view.getInt32(8, true);
    const [top, total] = [this.#view.getFloat32(0, true), this.#view.getFloat32(4, true)];
    if (this.#trusted === null && !this.#isRight(temperature, top, total, count)) return null;
    if (count < 0 || count > MOST_FOUND) return null;
    return { top, total, ids: this.#ids.subarray(0, count), logits: this.#found.subarray(0, count) };
  }

  dispose(): void {
    this.#driver.free(this.#address);
  }

  #isRight(temperature: number, top: number, total: number, count: number): boolean {
    const logits = this.#logits.read();
    let expectedTop = Number.NEGATIVE_INFINITY;
    for (const logit of logits) if (logit > expectedTop) expectedTop = logit;
    let expectedTotal = 0;
    for (const logit of logits) {
      const weight = Math.exp((logit - expectedTop) / temperature);
      if (weight > 0) expectedTotal += weight;
    }
    const found = this.#ids.subarray(0, Math.min(Math.max(count, 0), MOST_FOUND));
    const areTheirs = count > MOST_FOUND || found.every((id, i) => logits[id] === this.#found[i]);
    const apart = Math.abs(total / expectedTotal - 1);
    this.#trusted = top === expectedTop && apart <= TOLERANCE && areTheirs;
    if (!this.#trusted) this.#refuse(`${top}, ${total} instead of ${expectedTop}, ${expectedTotal}`);
    return this.#trusted;
  }

  #refuse(reason: string): void {
    this.#trusted = false;
    this.#device.refuse('candidates', reason);
  }
}
