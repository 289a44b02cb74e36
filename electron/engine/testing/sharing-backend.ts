import { AppError } from '../../contract/errors';
import { LOG_ERROR, loadApi, type Pointer } from '../ort/api';
import type { Backend, ElementType } from '../ort/backend';
import { CpuBackend } from '../ort/cpu-backend';
import type { OwnOperators } from '../ort/custom-operator';
import { koffi } from '../ort/ffi';
import { findRuntimeLibrary } from '../ort/library';
import { OperatorDomain } from '../ort/operator-domain';
import { OrtSession } from '../ort/session';
import type { WeightMemory } from '../ort/shared-weights';
import { WeightSharing } from '../ort/weight-sharing';

const api = loadApi(findRuntimeLibrary());

/** The processor's memory in a GPU's place; counts what is taken of it, and may refuse. */
export class CountedMemory implements WeightMemory {
  readonly info = api.createMemoryInfo('Cpu', 1, 0, 0);
  readonly smallestBytes: number = 1;
  readonly pieces = new Map<Pointer, { readonly memory: unknown; readonly bytes: number }>();
  pinned = 0;
  isFull = false;
  isBroken = false;

  allocate(bytes: number): Pointer {
    if (this.isFull) throw new AppError('out-of-memory', 'The GPU has not enough free memory.');
    const memory = koffi.alloc('uint8_t', bytes);
    const address = koffi.address(memory);
    this.pieces.set(address, { memory, bytes });
    return address;
  }

  free(address: Pointer): void {
    const piece = this.pieces.get(address);
    if (!piece) throw new RangeError('was not allocated, or freed before');
    this.pieces.delete(address);
    koffi.free(piece.memory);
  }

  write(target: Pointer, source: Uint8Array): void {
    const bytes = this.#at(target, source.length);
    bytes.set(source);
    // As memory that is broken, or a driver that does not copy to its end.
    if (this.isBroken) bytes[bytes.length - 1]! ^= 1;
  }

  read(target: Uint8Array, source: Pointer): void {
    target.set(this.#at(source, target.length));
  }

  #at(start: Pointer, length: number): Uint8Array {
    for (const [address, { memory, bytes }] of this.pieces) {
      const at = Number(start - address);
      if (at >= 0 && at + length <= bytes)
        return new Uint8Array(koffi.view(memory, bytes)).subarray(at, at + length);
    }
    throw new RangeError('is beside its memory');
  }

  pin(): () => void {
    this.pinned++;
    return () => {
      this.pinned--;
    };
  }

  get bytes(): number {
    return [...this.pieces.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** The CPU provider as CUDA's backend uses shared weights. */
export class SharingBackend implements Backend {
  readonly provider = 'cpu';
  readonly memoryOfWeights = new CountedMemory();
  readonly failures: string[] = [];
  readonly #inner = new CpuBackend(1);
  readonly #env = api.createEnv(LOG_ERROR, 'test');
  readonly #domain: OperatorDomain | null;
  readonly #own: OwnOperators | undefined;
  readonly sharing = new WeightSharing(api, this.memoryOfWeights, (reason) => this.failures.push(reason));
  /** Called once the weights have been read. */
  afterLoad: () => void = () => {};
  /** Does with a session's options what is wrong. */
  sabotage: (options: Pointer) => void = () => {};

  constructor(own?: OwnOperators) {
    this.#own = own;
    this.#domain = own ? new OperatorDomain(api, 'CPUExecutionProvider', own.operators) : null;
  }

  get device() {
    return this.#inner.device;
  }

  async shareWeights(graphs: readonly string[], onProgress?: (fraction: number) => void): Promise<boolean> {
    const any = await this.sharing.load(graphs, onProgress);
    this.afterLoad();
    return any;
  }

  open(file: string): Promise<OrtSession> {
    return this.sharing.open(file, async (lend) => {
      const options = api.createSessionOptions();
      api.setIntraOpThreads(options, 1);
      try {
        lend(options);
        this.sabotage(options);
        if (!this.#own) return await OrtSession.open(api, this.#env, file, options);
        this.#domain?.addTo(options);
        api.addSessionConfig(options, 'session.disable_prepacking', '1');
        return await OrtSession.openRewritten(api, this.#env, file, this.#own.rewrite, options);
      } finally {
        api.releaseSessionOptions(options);
      }
    });
  }

  allocate(type: ElementType, shape: readonly number[]) {
    return this.#inner.allocate(type, shape);
  }

  buffer<T extends ElementType>(type: T, shape: readonly number[]) {
    return this.#inner.buffer(type, shape);
  }

  memory() {
    return this.#inner.memory();
  }

  dispose(): void {
    this.sharing.dispose();
    this.#inner.dispose();
    this.#domain?.dispose();
    api.releaseEnv(this.#env);
  }
}
