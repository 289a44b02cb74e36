import { ByteCache } from '../../media/byte-cache';
import { readSound } from '../../media/sound-file';
import {
  type Backend,
  createArray,
  type HostTensor,
  type Session,
  type TypedArrays,
} from '../../ort/backend';
import { normalizeWave } from './clip';
import type { Medium } from './media';
import { readPicture } from './picture';
import type { Settings } from './settings';

/** Bytes of rows that are kept: about 500 pictures of nano. */
const KEPT_BYTES = 64 << 20;

/** Rows of the encoder's sequence, [rows, hidden], in the graphs' own type. */
export type Rows = TypedArrays['float32' | 'float16'];

export interface SenseSessions {
  readonly vision?: Session;
  readonly speech?: Session;
}

/** Runs the vision and the speech graph, and keeps what they made: a conversation's every turn reads its pictures again. */
export class MediaFeatures {
  readonly #backend: Backend;
  readonly #sessions: SenseSessions;
  readonly #settings: Settings;
  readonly #kept = new ByteCache<Rows>(KEPT_BYTES, (rows) => rows.byteLength);

  constructor(backend: Backend, sessions: SenseSessions, settings: Settings) {
    this.#backend = backend;
    this.#sessions = sessions;
    this.#settings = settings;
  }

  /** @throws AppError `invalid-request`, `aborted`, `out-of-memory`, `engine-failed` */
  async of(medium: Medium, signal?: AbortSignal): Promise<Rows> {
    const found = this.#kept.get(medium.key);
    if (found) return found;
    const rows =
      medium.kind === 'image' ? await this.#look(medium, signal) : await this.#hear(medium, signal);
    this.#kept.set(medium.key, rows);
    return rows;
  }

  /** Rows of a clip that is no file. @param samples mono, 16 kHz. */
  listen(samples: Float32Array, signal?: AbortSignal): Promise<Rows> {
    const { sound } = this.#settings;
    const { speech } = this.#sessions;
    if (!sound || !speech) throw new RangeError('this model does not hear');
    const wave = normalizeWave(samples, sound.cell);
    return this.#run(speech, 'wave', wave, [1, wave.length], wave.length / sound.cell, signal);
  }

  dispose(): void {
    this.#kept.clear();
    this.#sessions.vision?.dispose();
    this.#sessions.speech?.dispose();
  }

  async #look({ path, grid, rows }: Medium & { kind: 'image' }, signal?: AbortSignal): Promise<Rows> {
    const { picture } = this.#settings;
    const { vision } = this.#sessions;
    if (!picture || !vision) throw new RangeError('this model does not see');
    const pixels = await readPicture(path, grid, picture);
    const shape = [1, 3, grid.rows * picture.cell, grid.columns * picture.cell];
    return this.#run(vision, 'pixels', pixels, shape, rows, signal);
  }

  async #hear({ path, span }: Medium & { kind: 'audio' }, signal?: AbortSignal): Promise<Rows> {
    return this.listen((await readSound(path)).subarray(span.start, span.end), signal);
  }

  async #run(
    session: Session,
    name: string,
    values: Float32Array<ArrayBuffer>,
    shape: readonly number[],
    rows: number,
    signal?: AbortSignal,
  ): Promise<Rows> {
    const { activation, hidden } = this.#settings;
    const input = this.#backend.buffer('float32', shape);
    input.data.set(values);
    input.upload();
    let output: HostTensor<'float32' | 'float16'> | undefined;
    try {
      output = this.#backend.buffer(activation, [rows, hidden]);
      const binding = session.bind({ [name]: input }, { features: output });
      try {
        await binding.runAsync(signal);
      } finally {
        binding.dispose();
      }
      output.download();
      const copy = createArray(activation, rows * hidden);
      copy.set(output.data);
      return copy;
    } finally {
      output?.dispose();
      input.dispose();
    }
  }
}
