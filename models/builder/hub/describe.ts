import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig, parameterRows } from '../families/autoglm-phone/config';
import { readLayout } from '../families/decoder/layout';
import { loadGlm4vConfig } from '../families/glm4v/config';
import { tensorShapes as glm4vShapes } from '../families/glm4v/tensors';
import { countParameters } from '../families/recipe';
import { loadWhisperConfig } from '../families/whisper/config';
import { tensorShapes as whisperShapes } from '../families/whisper/tensors';

/** What a model's description says before any weights are there. */
export interface Architecture {
  readonly family: string;
  readonly parameters: number;
  /** Of the KV cache, float32. */
  readonly kvPerToken: number;
  readonly contextLength: number;
}

/**
 * Of a checkpoint, by its config.json.
 *
 * @throws ModelError where it does not describe what its type should be.
 */
export function describeCheckpoint(modelType: string, config: string): Architecture {
  return withFiles({ 'config.json': config }, (folder) => {
    const file = path.join(folder, 'config.json');
    switch (modelType) {
      case 'glm4v': {
        const own = loadGlm4vConfig(file);
        const { num_hidden_layers, num_key_value_heads, head_dim, max_position_embeddings } = own.text;
        return {
          family: modelType,
          parameters: countParameters(glm4vShapes(own)),
          kvPerToken: 2 * num_hidden_layers * num_key_value_heads * head_dim * 4,
          contextLength: max_position_embeddings,
        };
      }
      case 'whisper': {
        const own = loadWhisperConfig(file);
        return {
          family: modelType,
          parameters: countParameters(whisperShapes(own)),
          kvPerToken: 2 * own.decoder_layers * own.d_model * 4,
          contextLength: own.max_target_positions,
        };
      }
      default: {
        const own = loadConfig(file);
        return {
          family: 'autoglm-phone',
          parameters: parameterRows(own).total,
          kvPerToken: 2 * own.decoder_layers * own.hidden_size * 4,
          contextLength: own.max_position_embeddings,
        };
      }
    }
  });
}

/** Rows of the cache that an imported decoder offers (families/decoder/import.ts). */
const DECODER_CONTEXT = 8192;

/**
 * Of an export in onnxruntime-genai's or Transformers.js' layout.
 *
 * @param graph of a Transformers.js repository
 * @throws ModelError where it is not of a text decoder.
 */
export function describeDecoder(
  descriptions: Readonly<Record<string, string>>,
  graph: string | null,
): Architecture {
  return withFiles({ ...descriptions, ...(graph !== null && { [graph]: '' }) }, (folder) => {
    const layout = readLayout(folder);
    const elementBytes = /f16|fp16/i.test(graph ?? '') ? 2 : 4;
    return {
      family: 'decoder',
      parameters: layout.parameters,
      kvPerToken: 2 * layout.layers * layout.kvHeads * layout.headSize * elementBytes,
      contextLength: Math.min(layout.contextLength, DECODER_CONTEXT),
    };
  });
}

/** The readers of descriptions read folders. */
function withFiles<T>(files: Readonly<Record<string, string>>, read: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-description-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const at = path.join(folder, ...name.split('/'));
      mkdirSync(path.dirname(at), { recursive: true });
      writeFileSync(at, text);
    }
    return read(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
