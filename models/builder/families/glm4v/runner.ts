import type { InferenceSession } from 'onnxruntime-node';
import { RotaryTable, ropePositions } from '../../../../electron/engine/families/glm4v/positions';
import { visionInputs } from '../../../../electron/engine/families/glm4v/vision-inputs';
import type { Activation } from '../../layers';
import { RunningCache, type Step, stepOf } from '../running-cache';
import { type Feeds, floats, floatTensor, idTensor, openGraph } from '../testing';
import type { Glm4vConfig } from './config';

export interface TestImage {
  readonly grid: readonly [number, number];
  /** [patches, 3 * patch * patch] */
  readonly values: Float32Array;
}

/** A package's graphs over onnxruntime-node, for parity tests; the whole cache is copied at every step. */
export class Glm4vRunner {
  private readonly vision: InferenceSession;
  private readonly decoder: InferenceSession;
  private readonly config: Glm4vConfig;
  private readonly rows: number;
  private readonly activation: Activation;
  private readonly cache: RunningCache;
  private rotary: Feeds = {};
  private features: Float32Array = new Float32Array();
  private imageRows: number[] = [];

  private constructor(
    vision: InferenceSession,
    decoder: InferenceSession,
    config: Glm4vConfig,
    rows: number,
    activation: Activation,
  ) {
    this.vision = vision;
    this.decoder = decoder;
    this.config = config;
    this.rows = rows;
    this.activation = activation;
    const { num_hidden_layers: layers, num_key_value_heads: heads, head_dim: headSize } = config.text;
    this.cache = new RunningCache({ layers, heads, headSize, rows }, activation);
  }

  /** `rows`: M, the KV cache's size. */
  static async load(
    folder: string,
    config: Glm4vConfig,
    rows: number,
    activation: Activation,
  ): Promise<Glm4vRunner> {
    const vision = await openGraph(folder, 'vision', activation);
    return new Glm4vRunner(vision, await openGraph(folder, 'decoder', activation), config, rows, activation);
  }

  /** Features [tokens, hidden] of one image. */
  async see({ grid, values }: TestImage): Promise<Float32Array> {
    const { head_dim: headSize, grid_size: positions, patch_size: patch } = this.config.vision;
    const inputs = visionInputs(grid, { headSize, positions });
    const patches = grid[0] * grid[1];
    const half = headSize / 2;
    const tensor = (data: Float32Array, shape: number[]) => floatTensor(this.activation, data, shape);
    const out = await this.vision.run({
      pixel_values: tensor(values, [patches, 3 * patch * patch]),
      rotary_cos: tensor(inputs.cos, [patches, half]),
      rotary_sin: tensor(inputs.sin, [patches, half]),
      row_weights: tensor(inputs.rowWeights, [grid[0], positions]),
      column_weights: tensor(inputs.columnWeights, [grid[1], positions]),
    });
    return floats(out.image_features!);
  }

  /** Starts over with a conversation whose images are given in order; nothing of it is fed yet. */
  async start(ids: readonly number[], images: readonly TestImage[]): Promise<void> {
    const { text, image_token_id: imageToken } = this.config;
    const seen: Float32Array[] = [];
    for (const image of images) seen.push(await this.see(image));
    this.features = Float32Array.from(seen.flatMap((values) => [...values]));
    if (seen.length === 0) this.features = new Float32Array(text.hidden_size);
    let row = 0;
    this.imageRows = ids.map((id) => (id === imageToken ? row++ : -1));

    const prompt = ropePositions(
      ids,
      imageToken,
      images.map((image) => image.grid),
    );
    const settings = { theta: text.rope_theta, size: text.rotary_dim, sections: text.mrope_section };
    const shape = [this.rows, text.rotary_dim / 2];
    const cos = new Float32Array(this.rows * shape[1]!);
    const sin = new Float32Array(cos.length);
    new RotaryTable(settings, this.rows, 'float32').write(prompt, 0, cos, sin);
    this.rotary = {
      rotary_cos: floatTensor(this.activation, cos, shape),
      rotary_sin: floatTensor(this.activation, sin, shape),
    };

    this.cache.clear();
  }

  /** Feeds the next tokens of the conversation, or tokens after it. */
  async feed(ids: readonly number[]): Promise<Step> {
    const { hidden_size: hidden } = this.config.text;
    const out = await this.cache.run(this.decoder, ids, {
      image_features: floatTensor(this.activation, this.features, [this.features.length / hidden, hidden]),
      image_rows: idTensor(ids.map((_, i) => this.imageRows[this.cache.used + i] ?? -1)),
      ...this.rotary,
    });
    return stepOf(out);
  }

  async release(): Promise<void> {
    await this.vision.release();
    await this.decoder.release();
  }
}
