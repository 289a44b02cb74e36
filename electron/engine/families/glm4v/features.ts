import { ByteCache } from '../../media/byte-cache';
import { resizeMatrix } from '../../media/resample';
import type { Backend, HostTensor, Session, Tensor, Tensors, TypedArrays } from '../../ort/backend';
import { longRun } from '../long-run';
import { upload } from '../run-tensors';
import { readImage, readPixels, tokensOf } from './image';
import type { Grid } from './positions';
import type { PromptImage } from './prompt';
import type { Settings } from './settings';
import { visionInputs } from './vision-inputs';

/** Bytes of features that are kept. A large screenshot of a 9 B model has 26 MiB in float16, which a device gets in some milliseconds. */
export interface KeptBytes {
  readonly device: number;
  /** Beside them, of those that had to leave the device. */
  readonly host: number;
}

const KEPT: Readonly<Record<'card' | 'processor', KeptBytes>> = {
  card: { device: 64 << 20, host: 192 << 20 },
  processor: { device: 256 << 20, host: 0 },
};

type Features = HostTensor<'float32' | 'float16'>;

/** Runs the vision graph, and keeps what it made: a conversation that is gone from the cache reads its images again. */
export class ImageFeatures {
  readonly #backend: Backend;
  readonly #session: Session;
  readonly #settings: Settings;
  readonly #takesPixels: boolean;
  readonly #kept: ByteCache<readonly [key: string, features: Features]>;
  readonly #left: ByteCache<Features['data']>;

  #isDisposed = false;
  readonly #grids = new Latest();
  readonly #filters = new Latest();

  /** @param takesPixels the graph resizes and cuts pictures itself. */
  constructor(
    backend: Backend,
    session: Session,
    settings: Settings,
    takesPixels = false,
    kept = KEPT[backend.provider === 'cuda' ? 'card' : 'processor'],
  ) {
    this.#backend = backend;
    this.#left = new ByteCache(kept.host, ({ byteLength }) => byteLength);
    this.#kept = new ByteCache(
      kept.device,
      ([, { data }]) => data.byteLength,
      ([key, features]) => this.#leave(key, features, kept.host > 0),
    );
    this.#session = session;
    this.#settings = settings;
    this.#takesPixels = takesPixels;
  }

  /**
   * Features of an image, [tokens, hidden]; they stay valid until the next call.
   *
   * @throws AppError `invalid-request`, `aborted`, `out-of-memory`, `engine-failed`
   */
  async of(image: PromptImage, signal?: AbortSignal): Promise<Tensor> {
    const { sha256: key } = image;
    const found = this.#kept.get(key);
    if (found) return found[1];
    const made = this.#back(key, image) ?? (await this.#make(image, signal));
    this.#kept.set(key, [key, made]);
    return made;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#kept.clear();
    this.#left.clear();
    this.#grids.dispose();
    this.#filters.dispose();
    this.#session.dispose();
  }

  /** Others take its place on the device. */
  #leave(key: string, features: Features, isKept: boolean): void {
    if (isKept && !this.#isDisposed && !this.#left.get(key)) {
      features.download();
      this.#left.set(key, features.data);
    }
    features.dispose();
  }

  #back(key: string, { grid }: PromptImage): Features | undefined {
    const data = this.#left.get(key);
    if (!data) return undefined;
    const features = this.#allocate(grid);
    (features.data as TypedArrays['float32']).set(data);
    features.upload();
    return features;
  }

  #allocate(grid: Grid): Features {
    const { activation, hidden } = this.#settings;
    return this.#backend.buffer(activation, [tokensOf(grid), hidden]);
  }

  async #make({ path, grid }: PromptImage, signal?: AbortSignal): Promise<Features> {
    const { own, kept } = await this.#picture(path, grid);
    const features = this.#allocate(grid);
    const inputs = { ...own, ...kept, ...this.#ofGrid(grid) };
    const binding = this.#session.bind(inputs, { image_features: features }, { large: true });
    try {
      await longRun(this.#backend, binding, signal);
      return features;
    } catch (error) {
      features.dispose();
      throw error;
    } finally {
      binding.dispose();
      for (const tensor of Object.values(own)) tensor.dispose();
    }
  }

  /** What differs from picture to picture. */
  async #picture(path: string, grid: Grid): Promise<{ readonly own: Tensors; readonly kept: Tensors }> {
    const { activation, image } = this.#settings;
    if (!this.#takesPixels) {
      const { values } = await readImage(path, image, activation);
      const patches = grid[0] * grid[1];
      const pixel_values = upload(this.#backend, activation, values, [patches, 3 * image.patchSize ** 2]);
      return { own: { pixel_values }, kept: {} };
    }
    const { width, height, data } = await readPixels(path);
    const kept = this.#filters.of(`${width} ${height}`, () => ({
      column_filter: this.#filter(width, grid[1] * image.patchSize),
      row_filter: this.#filter(height, grid[0] * image.patchSize),
    }));
    return { own: { pixels: upload(this.#backend, 'uint8', data, [height, width, 3]) }, kept };
  }

  #filter(from: number, to: number): Tensor {
    const tensor = this.#backend.buffer('float32', [to, from]);
    resizeMatrix(from, to, tensor.data);
    tensor.upload();
    return tensor;
  }

  #ofGrid(grid: Grid): Tensors {
    const { activation, vision } = this.#settings;
    return this.#grids.of(grid.join(), () => {
      const inputs = visionInputs(grid, vision, activation);
      const input = (data: TypedArrays['float32' | 'float16'], shape: readonly number[]) =>
        upload(this.#backend, activation, data, shape);
      const angles = [grid[0] * grid[1], vision.headSize / 2];
      return {
        rotary_cos: input(inputs.cos, angles),
        rotary_sin: input(inputs.sin, angles),
        row_weights: input(inputs.rowWeights, [grid[0], vision.positions]),
        column_weights: input(inputs.columnWeights, [grid[1], vision.positions]),
      };
    });
  }
}

/** The tensors made last, for as long as the same are wanted: the screenshots of a device are of one size. */
class Latest {
  #key = '';
  #tensors: Tensors = {};

  of(key: string, make: () => Tensors): Tensors {
    if (key === this.#key) return this.#tensors;
    this.dispose();
    this.#tensors = make();
    this.#key = key;
    return this.#tensors;
  }

  dispose(): void {
    for (const tensor of Object.values(this.#tensors)) tensor.dispose();
    this.#tensors = {};
    this.#key = '';
  }
}
