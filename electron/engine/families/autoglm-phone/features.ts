import { ByteCache } from '../../media/byte-cache';
import { resizeMatrixFloat } from '../../media/resample';
import { readSound } from '../../media/sound-file';
import {
  type Backend,
  createArray,
  type HostTensor,
  type Session,
  type Tensor,
  type TypedArrays,
} from '../../ort/backend';
import { longRun } from '../long-run';
import { disposeAll, upload } from '../run-tensors';
import { normalizeWave } from './clip';
import type { Medium } from './media';
import { readPicture, readPixels } from './picture';
import type { Settings } from './settings';

/** Bytes of rows that are kept: about 500 pictures of nano. */
const KEPT_BYTES = 64 << 20;

/** Rows of the encoder's sequence, [rows, hidden], in the graphs' own type. */
export type Rows = TypedArrays['float32' | 'float16'];

export interface SenseSessions {
  readonly vision?: Session;
  readonly speech?: Session;
}

type Inputs = Record<string, Tensor>;

/** Runs the vision and the speech graph, and keeps what they made: a conversation's every turn reads its pictures again. */
export class MediaFeatures {
  readonly #backend: Backend;
  readonly #sessions: SenseSessions;
  readonly #settings: Settings;
  readonly #takesPixels: boolean;
  readonly #kept = new ByteCache<Rows>(KEPT_BYTES, (rows) => rows.byteLength);

  /** @param takesPixels the vision graph resizes pictures itself. */
  constructor(backend: Backend, sessions: SenseSessions, settings: Settings, takesPixels = false) {
    this.#backend = backend;
    this.#sessions = sessions;
    this.#settings = settings;
    this.#takesPixels = takesPixels;
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
    const fill = (inputs: Inputs) => {
      inputs.wave = upload(this.#backend, 'float32', wave, [1, wave.length]);
    };
    return this.#run(speech, fill, wave.length / sound.cell, signal);
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
    const [width, height] = [grid.columns * picture.cell, grid.rows * picture.cell];
    if (!this.#takesPixels) {
      const pixels = await readPicture(path, grid, picture);
      const fill = (inputs: Inputs) => {
        inputs.pixels = upload(this.#backend, 'float32', pixels, [1, 3, height, width]);
      };
      return this.#run(vision, fill, rows, signal);
    }
    const image = await readPixels(path, grid, picture);
    const fill = (inputs: Inputs) => {
      inputs.pixels = upload(this.#backend, 'uint8', image.data, [image.height, image.width, 3]);
      inputs.column_filter = this.#filter(image.width, width);
      inputs.row_filter = this.#filter(image.height, height);
    };
    return this.#run(vision, fill, rows, signal);
  }

  async #hear({ path, span }: Medium & { kind: 'audio' }, signal?: AbortSignal): Promise<Rows> {
    return this.listen((await readSound(path)).subarray(span.start, span.end), signal);
  }

  #filter(from: number, to: number): Tensor {
    const tensor = this.#backend.buffer('float32', [to, from]);
    resizeMatrixFloat(from, to, tensor.data);
    tensor.upload();
    return tensor;
  }

  /** @param fill makes the inputs, which are disposed at the end, all or those that there was memory for. */
  async #run(
    session: Session,
    fill: (inputs: Inputs) => void,
    rows: number,
    signal?: AbortSignal,
  ): Promise<Rows> {
    const { activation, hidden } = this.#settings;
    const inputs: Inputs = {};
    let output: HostTensor<'float32' | 'float16'> | undefined;
    try {
      fill(inputs);
      output = this.#backend.buffer(activation, [rows, hidden]);
      const binding = session.bind(inputs, { features: output }, { large: true });
      try {
        await longRun(this.#backend, binding, signal);
      } finally {
        binding.dispose();
      }
      output.download();
      const copy = createArray(activation, rows * hidden);
      copy.set(output.data);
      return copy;
    } finally {
      output?.dispose();
      disposeAll(Object.values(inputs));
    }
  }
}
