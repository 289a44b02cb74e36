import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../contract/errors';
import type { GenerationRequest } from '../../../contract/generation';
import type { Session } from '../../ort/backend';
import { type ToolFormat, toolFormatOf } from '../../tools/format';
import type { Family, FamilyInput, FamilyModel, Prompt, Sequence } from '../family';
import { cacheBytes, createCache } from '../kv-cache';
import { GrowingSequence } from './growing-sequence';
import { ChatTemplate } from './prompt';
import { DecoderSequence } from './sequence';
import { cacheSizes, type DecoderSettings, readSettings } from './settings';

/**
 * Causal language models as onnxruntime-genai and Transformers.js export them (Llama, Qwen, Phi, Gemma, …): one graph with
 * `attention_mask` for lengths, and the model's own chat template.
 */
export const decoder: Family = {
  id: 'decoder',

  async open(input: FamilyInput): Promise<FamilyModel> {
    const { manifest, backend, folder, contextLength } = input;
    const graphs = manifest.graphs[backend.provider === 'cuda' ? 'cuda' : 'cpu'];
    const file = graphs?.files.decoder;
    if (!graphs || !file) {
      const message = `The package ${manifest.id} has no graph for ${backend.provider}.`;
      throw new AppError('model-unsupported', message, { kind: 'model-incomplete', id: manifest.id });
    }
    const settings = readSettings(manifest, graphs.activation, contextLength);
    const template = new ChatTemplate(settings, await specialTokens(join(folder, manifest.tokenizer)));
    // No CUDA graph: the mask's sum has to be read on the CPU in some of these graphs.
    const session = await backend.open(join(folder, file));
    input.onProgress?.(1);
    return new DecoderModel(input, settings, template, session);
  },
};

const TokenizerSchema = z.object({ added_tokens: z.array(z.object({ content: z.string() })).default([]) });

async function specialTokens(path: string): Promise<string[]> {
  const file = TokenizerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  return file.added_tokens.map(({ content }) => content);
}

class DecoderModel implements FamilyModel {
  readonly sequenceBytes: number;
  readonly toolFormat?: ToolFormat;
  readonly #input: FamilyInput;
  readonly #settings: DecoderSettings;
  readonly #template: ChatTemplate;
  readonly #session: Session;

  constructor(input: FamilyInput, settings: DecoderSettings, template: ChatTemplate, session: Session) {
    this.#input = input;
    this.#settings = settings;
    this.#template = template;
    this.#session = session;
    const format = toolFormatOf(settings.chat_template);
    if (format) this.toolFormat = format;
    this.sequenceBytes = cacheBytes(cacheSizes(settings, settings.rows));
  }

  prompt(request: GenerationRequest): Promise<Prompt> {
    return this.#template.prompt(request, this.#input.tokenizer);
  }

  createSequence(): Sequence {
    const { backend } = this.#input;
    if (this.#settings.cache === 'growing')
      return new GrowingSequence(backend, this.#session, this.#settings);
    const cache = createCache(backend, cacheSizes(this.#settings, this.#settings.rows));
    return new DecoderSequence(backend, this.#session, this.#settings, cache);
  }

  dispose(): void {
    this.#session.dispose();
  }
}
