import { ByteCache } from '../../media/byte-cache';
import { type Backend, ELEMENT, elementCount, type Session, type Tensor } from '../../ort/backend';
import { convert } from '../half';
import { readImage, tokensOf } from './image';
import type { PromptImage } from './prompt';
import type { Settings } from './settings';
import { visionInputs } from './vision-inputs';

/** Bytes of features that are kept: about ten large screenshots of a 9 B model in float16. */
const KEPT_BYTES = 256 << 20;

/** Runs the vision graph, and keeps what it made on the device: every turn of a conversation reads its images again. */
export class ImageFeatures {
  readonly #backend: Backend;
  readonly #session: Session;
  readonly #settings: Settings;
  readonly #kept = new ByteCache<Tensor>(
    KEPT_BYTES,
    ({ shape, type }) => elementCount(shape) * ELEMENT[type].bytes,
    (tensor) => tensor.dispose(),
  );

  constructor(backend: Backend, session: Session, settings: Settings) {
    this.#backend = backend;
    this.#session = session;
    this.#settings = settings;
  }

  /**
   * Features of an image, [tokens, hidden]; they stay valid until the next call.
   *
   * @throws AppError `invalid-request`, `aborted`, `out-of-memory`, `engine-failed`
   */
  async of(image: PromptImage, signal?: AbortSignal): Promise<Tensor> {
    const found = this.#kept.get(image.sha256);
    if (found) return found;
    const made = await this.#make(image, signal);
    this.#kept.set(image.sha256, made);
    return made;
  }

  dispose(): void {
    this.#kept.clear();
    this.#session.dispose();
  }

  async #make({ path, grid }: PromptImage, signal?: AbortSignal): Promise<Tensor> {
    const { activation, image, vision, hidden } = this.#settings;
    const { values } = await readImage(path, image, activation);
    const inputs = visionInputs(grid, vision);
    const patches = grid[0] * grid[1];
    const upload = (data: Float32Array, shape: readonly number[]) =>
      this.#upload(convert(activation, data), shape);
    const tensors = {
      pixel_values: this.#upload(values, [patches, 3 * image.patchSize ** 2]),
      rotary_cos: upload(inputs.cos, [patches, vision.headSize / 2]),
      rotary_sin: upload(inputs.sin, [patches, vision.headSize / 2]),
      row_weights: upload(inputs.rowWeights, [grid[0], vision.positions]),
      column_weights: upload(inputs.columnWeights, [grid[1], vision.positions]),
    };
    const features = this.#backend.allocate(activation, [tokensOf(grid), hidden]);
    const binding = this.#session.bind(tensors, { image_features: features }, { large: true });
    try {
      await binding.runAsync(signal);
      return features;
    } catch (error) {
      features.dispose();
      throw error;
    } finally {
      binding.dispose();
      for (const tensor of Object.values(tensors)) tensor.dispose();
    }
  }

  #upload(values: Float32Array | Uint16Array, shape: readonly number[]): Tensor {
    const tensor = this.#backend.buffer(this.#settings.activation, shape);
    tensor.data.set(values);
    tensor.upload();
    return tensor;
  }
}
