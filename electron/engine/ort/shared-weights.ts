import { type FileHandle, open, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { OrtApi, Pointer } from './api';
import { type ExternalInitializer, SMALLEST_BYTES, sharedInitializers } from './external-data';
import { WeightLayout } from './weight-layout';

/** Bytes that are read and copied at a time, and how many such pieces at once: the threads that Node has for files. */
const PIECE_BYTES = 16 << 20;
const READERS = 4;
const CHECKED_BYTES = 256;

/** Memory that initializers can lie in: a GPU's, in tests the processor's. */
export interface WeightMemory {
  /** `OrtMemoryInfo` that names it. */
  readonly info: Pointer;
  /** Bytes from which on an initializer is worth it; `SMALLEST_BYTES` unless told. */
  readonly smallestBytes?: number;
  /** @throws AppError `out-of-memory` */
  allocate(bytes: number): Pointer;
  free(address: Pointer): void;
  /** Returns once `source` may be written to again. */
  write(target: Pointer, source: Uint8Array): void;
  read(target: Uint8Array, source: Pointer): void;
  /** Makes copies from `buffer` faster until the function that is returned is called. */
  pin?(buffer: Uint8Array): () => void;
}

/** What a session was given; it reads it as long as it lives. */
export interface Lease {
  /** Bytes of the initializers that the session need not have. */
  readonly bytes: number;
  /** Once the session has been released. */
  release(): void;
}

/**
 * One copy of the weights for all sessions of a model. ONNX Runtime would read the data of each session's initializers anew, so what several
 * graphs read, or one under two shapes, would be held more than once. An initializer that is given with `AddInitializer` is used where it is if it
 * lies on the device that the session wants it on (core/framework/session_state_utils.cc, `use_user_supplied_initializer`).
 */
export class SharedWeights {
  /** Of the memory that all graphs share. */
  readonly bytes: number;
  readonly #api: OrtApi;
  readonly #memory: WeightMemory;
  readonly #graphs: ReadonlyMap<string, readonly ExternalInitializer[]>;
  readonly #layout: WeightLayout;
  #address: Pointer | null;
  #sessions = 0;

  private constructor(
    api: OrtApi,
    memory: WeightMemory,
    graphs: ReadonlyMap<string, readonly ExternalInitializer[]>,
    layout: WeightLayout,
  ) {
    this.#api = api;
    this.#memory = memory;
    this.#graphs = graphs;
    this.#layout = layout;
    this.bytes = layout.bytes;
    this.#address = memory.allocate(layout.bytes);
  }

  /**
   * Reads what the graphs' sessions can share.
   *
   * @param graphs their files.
   * @param onProgress called with 0 … 1.
   * @returns null where there is nothing to share.
   * @throws AppError `out-of-memory`; RangeError for a damaged file, Error of the file system
   */
  static async load(
    api: OrtApi,
    memory: WeightMemory,
    graphs: readonly string[],
    onProgress: (fraction: number) => void = () => {},
  ): Promise<SharedWeights | null> {
    const found = new Map<string, readonly ExternalInitializer[]>();
    const { smallestBytes = SMALLEST_BYTES } = memory;
    for (const path of graphs) {
      found.set(resolve(path), sharedInitializers(await readFile(path), path, smallestBytes));
    }
    const layout = new WeightLayout([...found.values()].flat());
    if (layout.bytes === 0) return null;
    const weights = new SharedWeights(api, memory, found, layout);
    try {
      await weights.#fill(onProgress);
      return weights;
    } catch (error) {
      weights.dispose();
      throw error;
    }
  }

  /**
   * Has the session that is made with these options read the shared copies.
   *
   * @param path of its graph; a graph that was made of that file is given the same, by the initializers' names.
   * @returns null for a graph that `load` was not told of, or has nothing to share, and after everything was freed.
   */
  give(path: string, options: Pointer): Lease | null {
    if (!this.has(path)) return null;
    const initializers = this.#graphs.get(resolve(path)) ?? [];
    const start = this.#address as Pointer;
    const values: Pointer[] = [];
    const release = () => {
      for (const value of values.splice(0)) this.#api.releaseValue(value);
    };
    try {
      for (const initializer of initializers) {
        const { name, type, shape, bytes } = initializer;
        const address = start + BigInt(this.#layout.find(initializer));
        const dimensions = BigInt64Array.from(shape, BigInt);
        const { info } = this.#memory;
        const value = this.#api.createTensorWithData(info, address, bytes, dimensions, shape.length, type);
        values.push(value);
        this.#api.addInitializer(options, name, value);
      }
    } catch (error) {
      release();
      throw error;
    }
    this.#sessions++;
    let isHeld = true;
    return {
      bytes: initializers.reduce((sum, { bytes }) => sum + bytes, 0),
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        release();
        this.#sessions--;
        this.dispose();
      },
    };
  }

  /** Whether `give` has something for it. */
  has(path: string): boolean {
    return this.#address !== null && (this.#graphs.get(resolve(path)) ?? []).length > 0;
  }

  /** Frees the memory if no session uses it; otherwise the last of them does. */
  dispose(): void {
    if (this.#sessions > 0 || this.#address === null) return;
    this.#memory.free(this.#address);
    this.#address = null;
  }

  async #fill(onProgress: (fraction: number) => void): Promise<void> {
    const start = this.#address as Pointer;
    const pieces = piecesOf(this.#layout);
    const files = new Map<string, FileHandle>();
    let next = 0;
    let done = 0;
    try {
      for (const { file } of pieces) if (!files.has(file)) files.set(file, await open(file));
      const work = async () => {
        const buffer = new Uint8Array(new ArrayBuffer(Math.min(PIECE_BYTES, this.bytes)));
        const unpin = this.#memory.pin?.(buffer);
        try {
          for (let piece = pieces[next++]; piece; piece = pieces[next++]) {
            const data = buffer.subarray(0, piece.bytes);
            await readAll(files.get(piece.file) as FileHandle, data, piece);
            const at = start + BigInt(piece.at);
            this.#memory.write(at, data);
            requireArrived(this.#memory, at, data);
            done += piece.bytes;
            onProgress(Math.min(1, done / this.bytes));
          }
        } catch (error) {
          // The others end with the piece they have.
          next = pieces.length;
          throw error;
        } finally {
          unpin?.();
        }
      };
      const results = await Promise.allSettled(Array.from({ length: READERS }, work));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    } finally {
      for (const file of files.values()) await file.close();
    }
  }
}

/** Both ends of what was written, read back: a wrong weight would be a wrong answer, not an error. */
function requireArrived(memory: WeightMemory, at: Pointer, data: Uint8Array): void {
  for (const from of [0, Math.max(0, data.length - CHECKED_BYTES)]) {
    const expected = data.subarray(from, from + CHECKED_BYTES);
    const got = new Uint8Array(new ArrayBuffer(expected.length));
    memory.read(got, at + BigInt(from));
    if (Buffer.compare(got, expected) !== 0)
      throw new Error('weights on the device are not those of the file');
  }
}

interface Piece {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  readonly at: number;
}

function piecesOf({ extents }: WeightLayout): Piece[] {
  return extents.flatMap(({ file, offset, bytes, at }) =>
    Array.from({ length: Math.ceil(bytes / PIECE_BYTES) }, (_, i) => {
      const from = i * PIECE_BYTES;
      return { file, offset: offset + from, bytes: Math.min(PIECE_BYTES, bytes - from), at: at + from };
    }),
  );
}

async function readAll(handle: FileHandle, data: Uint8Array, { file, offset }: Piece): Promise<void> {
  for (let done = 0; done < data.length; ) {
    const { bytesRead } = await handle.read(data, done, data.length - done, offset + done);
    if (bytesRead === 0)
      throw new RangeError(`${file} ends at byte ${offset + done}, before the weights there.`);
    done += bytesRead;
  }
}
