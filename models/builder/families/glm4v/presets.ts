import { byteTokenizer } from '../../tokenizer';
import type { Glm4vConfig } from './config';

/** Sizes for random weights: the published 9 B models' (GLM-4.1V-9B-Thinking, AutoGLM-Phone-9B), and small ones for tests. */
export const glm4vPresets: Readonly<Record<string, Glm4vConfig>> = {
  'glm4v-9b': {
    text: {
      vocab_size: 151_552,
      hidden_size: 4096,
      intermediate_size: 13_696,
      num_hidden_layers: 40,
      num_attention_heads: 32,
      num_key_value_heads: 2,
      head_dim: 128,
      rms_norm_eps: 1e-5,
      max_position_embeddings: 65_536,
      rope_theta: 10_000,
      rotary_dim: 64,
      mrope_section: [8, 12, 12],
      eos_token_ids: [151_329, 151_336, 151_338],
      pad_token_id: 151_329,
    },
    vision: {
      depth: 24,
      hidden_size: 1536,
      num_heads: 12,
      head_dim: 128,
      grid_size: 24,
      patch_size: 14,
      out_hidden_size: 4096,
      intermediate_size: 13_696,
      attention_bias: false,
      rms_norm_eps: 1e-5,
    },
    image_token_id: 151_343,
    image_start_token_id: 151_339,
    image_end_token_id: 151_340,
    tie_word_embeddings: false,
  },
  'glm4v-tiny': {
    text: {
      vocab_size: 544,
      hidden_size: 128,
      intermediate_size: 192,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 32,
      rms_norm_eps: 1e-5,
      max_position_embeddings: 2048,
      rope_theta: 10_000,
      rotary_dim: 16,
      mrope_section: [2, 3, 3],
      eos_token_ids: [512, 519, 521],
      pad_token_id: 512,
    },
    vision: {
      depth: 2,
      hidden_size: 64,
      num_heads: 4,
      head_dim: 16,
      grid_size: 6,
      patch_size: 14,
      out_hidden_size: 128,
      intermediate_size: 192,
      attention_bias: false,
      rms_norm_eps: 1e-5,
    },
    image_token_id: 526,
    image_start_token_id: 522,
    image_end_token_id: 523,
    tie_word_embeddings: false,
  },
};

/** In the order of the published vocabulary, whose first one is the padding token. */
const SPECIAL = [
  '<|endoftext|>',
  '[MASK]',
  '[gMASK]',
  '[sMASK]',
  '<sop>',
  '<eop>',
  '<|system|>',
  '<|user|>',
  '<|assistant|>',
  '<|observation|>',
  '<|begin_of_image|>',
  '<|end_of_image|>',
  '<|begin_of_video|>',
  '<|end_of_video|>',
  '<|image|>',
  '<|video|>',
];

/** A `tokenizer.json` for random weights: one token a byte, then the special tokens at their published places. */
export function glm4vByteTokenizer(config: Glm4vConfig): string {
  const bytes = JSON.parse(byteTokenizer()) as {
    added_tokens: { id: number; content: string }[];
    model: { vocab: Record<string, number> };
  };
  const [sample] = bytes.added_tokens;
  const special = SPECIAL.map((content, i) => ({ ...sample, content, id: config.text.pad_token_id + i }));
  const named = new Set(bytes.added_tokens.map(({ content }) => content));
  const vocab: Record<string, number> = {};
  for (const entry of Object.keys(bytes.model.vocab)) {
    if (!named.has(entry)) vocab[entry] = Object.keys(vocab).length;
  }
  for (const { content, id } of special) vocab[content] = id;
  return JSON.stringify({ ...bytes, added_tokens: special, model: { ...bytes.model, vocab } });
}
