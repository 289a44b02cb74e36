import type { TensorSource } from '../../source';
import { DerivedSource } from '../derived-source';
import type { WhisperConfig } from './config';

export type Part = 'encoder' | 'decoder';

export const layersOf = (config: WhisperConfig, part: Part): string[] =>
  Array.from({ length: config[`${part}_layers`] }, (_, i) => `model.${part}.layers.${i}`);

/** Names of a layer's attentions. */
const attentions = (part: Part): readonly string[] =>
  part === 'encoder' ? ['self_attn'] : ['self_attn', 'encoder_attn'];

/** Name and shape of every tensor of a checkpoint, as transformers names them (models/whisper/modeling_whisper.py). */
export function tensorShapes(config: WhisperConfig): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const add = (name: string, ...shape: number[]) => shapes.set(name, shape);
  const hidden = config.d_model;
  const norm = (name: string) => {
    add(`${name}.weight`, hidden);
    add(`${name}.bias`, hidden);
  };
  add('model.encoder.conv1.weight', hidden, config.num_mel_bins, 3);
  add('model.encoder.conv1.bias', hidden);
  add('model.encoder.conv2.weight', hidden, hidden, 3);
  add('model.encoder.conv2.bias', hidden);
  add('model.encoder.embed_positions.weight', config.max_source_positions, hidden);
  add('model.decoder.embed_tokens.weight', config.vocab_size, hidden);
  add('model.decoder.embed_positions.weight', config.max_target_positions, hidden);
  for (const part of ['encoder', 'decoder'] as const) {
    const width = config[`${part}_ffn_dim`];
    for (const layer of layersOf(config, part)) {
      for (const attention of attentions(part)) {
        for (const matrix of ['q', 'k', 'v', 'out']) {
          add(`${layer}.${attention}.${matrix}_proj.weight`, hidden, hidden);
          if (matrix !== 'k') add(`${layer}.${attention}.${matrix}_proj.bias`, hidden);
        }
        norm(`${layer}.${attention}_layer_norm`);
      }
      add(`${layer}.fc1.weight`, width, hidden);
      add(`${layer}.fc1.bias`, width);
      add(`${layer}.fc2.weight`, hidden, width);
      add(`${layer}.fc2.bias`, hidden);
      norm(`${layer}.final_layer_norm`);
    }
    norm(`model.${part}.layer_norm`);
  }
  return shapes;
}

/** The checkpoint without the copy of the embedding that some have, and with the biases of packed matrices. */
export function withDerived(source: TensorSource, config: WhisperConfig): DerivedSource {
  const derived = new DerivedSource(source, ['proj_out.weight']);
  const hidden = config.d_model;
  /** Biases one after the other; keys have none. */
  const pack = (attention: string, matrices: readonly string[]) =>
    derived.add(`${attention}.${matrices.join('')}.bias`, [matrices.length * hidden], (start, count) => {
      const whole = new Float32Array(matrices.length * hidden);
      for (const [i, matrix] of matrices.entries()) {
        if (matrix !== 'k') whole.set(source.rows(`${attention}.${matrix}_proj.bias`, 0, hidden), i * hidden);
      }
      return whole.subarray(start, start + count);
    });
  for (const part of ['encoder', 'decoder'] as const) {
    for (const layer of layersOf(config, part)) pack(`${layer}.self_attn`, ['q', 'k', 'v']);
  }
  for (const layer of layersOf(config, 'decoder')) pack(`${layer}.encoder_attn`, ['k', 'v']);
  return derived;
}
