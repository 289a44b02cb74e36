import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../contract/errors';
import type { GenerationRequest } from '../../../contract/generation';
import { type Backend, ELEMENT, type ElementType, type Session, type Tensor } from '../../ort/backend';
import type { Family, FamilyInput, FamilyModel, Prompt, Sequence } from '../family';
import { buildPrompt } from './prompt';
import { AutoglmPhoneSequence } from './sequence';

/** `config.json` as the manifest carries it (models/README.md §1). */
const ArchitectureSchema = z.object({
  vocab_size: z.number().int().positive(),
  hidden_size: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  decoder_layers: z.number().int().positive(),
});

/** Sizes that every tensor of the graphs follows from. */
export interface Shapes {
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly vocabulary: number;
  /** Rows of the KV cache. */
  readonly rows: number;
  /** Type of activations, cache and logits. */
  readonly activation: ElementType & ('float32' | 'float16');
}

/**
 * An encoder reads the conversation in both directions and writes its keys and values into the first rows of the decoder's KV
 * cache; the decoder then goes on from there like any causal language model.
 */
export const autoglmPhone: Family = {
  id: 'autoglm-phone',

  async open(input: FamilyInput): Promise<FamilyModel> {
    const { manifest, backend, folder, contextLength } = input;
    const kind = backend.provider === 'cuda' ? 'cuda' : 'cpu';
    const graphs = manifest.graphs[kind];
    const { encoder: encoderFile, decoder: decoderFile } = graphs?.files ?? {};
    const architecture = ArchitectureSchema.safeParse(manifest.architecture);
    if (!graphs || !encoderFile || !decoderFile || !architecture.success) {
      const lack = architecture.success
        ? `has no encoder and decoder for ${kind}`
        : 'lacks sizes in "architecture"';
      throw new AppError('model-unsupported', `The package ${manifest.id} ${lack}.`, { id: manifest.id });
    }
    const { hidden_size, num_attention_heads: heads, decoder_layers: layers, vocab_size } = architecture.data;
    const shapes: Shapes = {
      layers,
      heads,
      headSize: hidden_size / heads,
      vocabulary: vocab_size,
      rows: contextLength,
      activation: graphs.activation,
    };
    const encoder = await backend.open(join(folder, encoderFile));
    input.onProgress?.(0.5);
    try {
      const decoder = await backend.open(join(folder, decoderFile), true);
      input.onProgress?.(1);
      return new AutoglmPhoneModel(input, shapes, encoder, decoder);
    } catch (error) {
      encoder.dispose();
      throw error;
    }
  },
};

class AutoglmPhoneModel implements FamilyModel {
  readonly sequenceBytes: number;
  readonly #input: FamilyInput;
  readonly #shapes: Shapes;
  readonly #encoder: Session;
  readonly #decoder: Session;
  #sequences = 0;

  constructor(input: FamilyInput, shapes: Shapes, encoder: Session, decoder: Session) {
    this.#input = input;
    this.#shapes = shapes;
    this.#encoder = encoder;
    this.#decoder = decoder;
    const { layers, heads, rows, headSize, activation } = shapes;
    this.sequenceBytes = 2 * layers * heads * rows * headSize * ELEMENT[activation].bytes;
  }

  prompt(request: GenerationRequest): Promise<Prompt> {
    return buildPrompt(request, this.#input.tokenizer, this.#shapes.rows);
  }

  createSequence(): Sequence {
    const cache = createCache(this.#input.backend, this.#shapes);
    // A CUDA graph is tied to the addresses it was recorded with, so each sequence has one of its own.
    const graph = ++this.#sequences;
    return new AutoglmPhoneSequence(
      this.#input.backend,
      this.#encoder,
      this.#decoder,
      this.#shapes,
      cache,
      graph,
    );
  }

  dispose(): void {
    this.#encoder.dispose();
    this.#decoder.dispose();
  }
}

/** Keys and values of every decoder layer: graph names without their `past_key_values.` or `present.` to [1, H, M, D]. */
function createCache(backend: Backend, shapes: Shapes): Map<string, Tensor> {
  const cache = new Map<string, Tensor>();
  try {
    for (let layer = 0; layer < shapes.layers; layer++) {
      for (const part of ['key', 'value']) {
        const shape = [1, shapes.heads, shapes.rows, shapes.headSize];
        cache.set(`${layer}.${part}`, backend.allocate(shapes.activation, shape));
      }
    }
    return cache;
  } catch (error) {
    for (const tensor of cache.values()) tensor.dispose();
    throw error;
  }
}
