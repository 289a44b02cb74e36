import { join } from 'node:path';
import { AppError } from '../../../contract/errors';
import type { GenerationRequest } from '../../../contract/generation';
import { ELEMENT, type Session } from '../../ort/backend';
import type { Family, FamilyInput, FamilyModel, Prompt, Sequence } from '../family';
import { createCache } from '../kv-cache';
import { ImageFeatures } from './features';
import { RotaryTable } from './positions';
import { buildPrompt } from './prompt';
import { Glm4vSequence, type SequenceContext } from './sequence';
import { readSettings, type Settings } from './settings';

/**
 * Glm4vForConditionalGeneration (GLM-4.1V-9B-Thinking, AutoGLM-Phone-9B): a vision tower turns each image into rows that take the
 * place of its placeholders among the embedded tokens of a causal language model.
 */
export const glm4v: Family = {
  id: 'glm4v',

  async open(input: FamilyInput): Promise<FamilyModel> {
    const { manifest, backend, folder, contextLength } = input;
    const kind = backend.provider === 'cuda' ? 'cuda' : 'cpu';
    const graphs = manifest.graphs[kind];
    const { vision: ofPatches, vision_pixels: ofPixels, decoder: decoderFile } = graphs?.files ?? {};
    const visionFile = ofPixels ?? ofPatches;
    if (!graphs || !visionFile || !decoderFile) {
      const message = `The package ${manifest.id} has no vision tower and decoder for ${kind}.`;
      throw new AppError('model-unsupported', message, { kind: 'model-incomplete', id: manifest.id });
    }
    const settings = readSettings(manifest, graphs, contextLength);
    const files = [visionFile, decoderFile].map((file) => join(folder, file)) as [string, string];
    const share = (fraction: number) => input.onProgress?.(0.8 * fraction);
    const shared = (await backend.shareWeights?.(files, share)) ?? false;
    const vision = await backend.open(files[0]);
    input.onProgress?.(shared ? 0.85 : 0.2);
    try {
      const decoder = await backend.open(files[1], true);
      input.onProgress?.(1);
      const features = new ImageFeatures(backend, vision, settings, ofPixels !== undefined);
      return new Glm4vModel(input, settings, features, decoder);
    } catch (error) {
      vision.dispose();
      throw error;
    }
  },
};

class Glm4vModel implements FamilyModel {
  readonly sequenceBytes: number;
  readonly #input: FamilyInput;
  readonly #context: SequenceContext;
  #sequences = 0;

  constructor(input: FamilyInput, settings: Settings, features: ImageFeatures, decoder: Session) {
    const { backend } = input;
    this.#input = input;
    this.#context = {
      backend,
      decoder,
      settings,
      features,
      table: new RotaryTable(settings.rotary, settings.rows, settings.activation),
    };
    const { layers, kvHeads, rows, headSize, activation, rotary } = settings;
    this.sequenceBytes = (2 * layers * kvHeads * headSize + rotary.size) * rows * ELEMENT[activation].bytes;
  }

  prompt(request: GenerationRequest): Promise<Prompt> {
    return buildPrompt(request, this.#input.tokenizer, this.#context.settings);
  }

  createSequence(): Sequence {
    const { kvHeads: heads, ...sizes } = this.#context.settings;
    const cache = createCache(this.#input.backend, { ...sizes, heads });
    // A CUDA graph is tied to the addresses it was recorded with, so each sequence has one of its own.
    return new Glm4vSequence(this.#context, cache, ++this.#sequences);
  }

  dispose(): void {
    this.#context.features.dispose();
    this.#context.decoder.dispose();
  }
}
