import { RandomTensors } from '../../random';
import { type Config, tensorShapes } from './config';

/** Random weights of an autoglm-phone model. */
export class RandomSource extends RandomTensors {
  constructor(config: Config, seed = 1) {
    const shapes = tensorShapes(config);
    const layers: Readonly<Record<string, number>> = {
      encoder: config.encoder_layers,
      decoder: config.decoder_layers,
      fusion: config.fusion_layers ?? 1,
      vision: config.vision?.layers ?? 1,
      speech: config.speech?.layers ?? 1,
      adapter: 0.5,
    };
    super(shapes, seed, (name) => {
      const shape = shapes.get(name) ?? [];
      // Convolutions keep the spread of what they read.
      if (shape.length > 2) return Math.sqrt(2 / shape.slice(1).reduce((a, b) => a * b));
      return /(o_proj|fc2)\.weight$/.test(name) ? 0.02 / Math.sqrt(2 * layers[name.split('.')[0]!]!) : 0.02;
    });
  }
}
