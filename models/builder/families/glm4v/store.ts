import type { CudaLayout } from '../../cuda-layout';
import type { BlockSize } from '../../quantize';
import type { TensorSource } from '../../source';
import { type Int8Choice, type Matrix, type Precision, Store } from '../../store';
import type { Stored, WeightsPlan } from '../../weights';
import type { Glm4vConfig } from './config';
import { BLOCKED_DOWNSAMPLE, FOLDED_PATCH, qkvBias } from './tensors';

export interface StoredBlock {
  readonly norm1: Stored;
  readonly norm2: Stored;
  /** Query, key and value: [3 * hidden, hidden]. */
  readonly qkv: Matrix;
  readonly qkvBias?: Stored;
  readonly proj: Matrix;
  /** Gate above up: [2 * out_hidden, hidden]. */
  readonly gateUp: Matrix;
  readonly down: Matrix;
}

export interface StoredVision {
  /** [hidden, 3 * patch * patch], both frames' weights summed. */
  readonly patchEmbed: Matrix;
  readonly patchBias: Stored;
  readonly postConvNorm: Stored;
  /** [grid * grid, hidden] */
  readonly positions: Stored;
  readonly blocks: readonly StoredBlock[];
  readonly postNorm: Stored;
  /** [out_hidden, 2 * 2 * hidden] */
  readonly downsample: Matrix;
  readonly downsampleBias: Stored;
  readonly mergerProj: Matrix;
  readonly mergerNorm: { readonly weight: Stored; readonly bias: Stored };
  readonly mergerGateUp: Matrix;
  readonly mergerDown: Matrix;
}

interface StoredTextLayer {
  readonly inputNorm: Stored;
  /** Query, key and value: [(heads + 2 * kv heads) * head size, hidden]. */
  readonly qkv: Matrix;
  readonly qkvBias: Stored;
  readonly o: Matrix;
  readonly postSelfAttnNorm: Stored;
  readonly postAttentionNorm: Stored;
  /** Gate above up: [2 * intermediate, hidden]. */
  readonly gateUp: Matrix;
  readonly down: Matrix;
  readonly postMlpNorm: Stored;
}

export interface StoredText {
  readonly embedding: Matrix;
  readonly layers: readonly StoredTextLayer[];
  readonly norm: Stored;
  readonly head: Matrix;
}

export interface StoredGlm4v {
  readonly vision: StoredVision;
  readonly text: StoredText;
}

export interface Glm4vStoreOptions {
  readonly precision: Precision;
  readonly blockSize: BlockSize;
  /** Of the last projection; `precision` unless told. */
  readonly headPrecision?: Precision;
  readonly int8?: Int8Choice;
  /** Of the matrices, for CUDA alone. */
  readonly layout?: CudaLayout;
}

/** Plans `weights.data` of a checkpoint (`withDerived`). */
export function storeGlm4v(
  source: TensorSource,
  config: Glm4vConfig,
  plan: WeightsPlan,
  options: Glm4vStoreOptions,
): StoredGlm4v {
  const { precision, blockSize, int8, layout } = options;
  const storeIn = (wanted: Precision) =>
    new Store(source, plan, { precision: wanted, blockSize, int8, layout });
  const store = storeIn(precision);
  // 3 * 14 * 14 columns are no whole blocks, and the matrix is small.
  const float = storeIn(precision === 'fp32' ? 'fp32' : 'fp16');
  const head = storeIn(options.headPrecision ?? precision);

  const vision = storeVision(config, store, float);
  const language = 'model.language_model';
  const layers = Array.from({ length: config.text.num_hidden_layers }, (_, i): StoredTextLayer => {
    const layer = `${language}.layers.${i}`;
    return {
      inputNorm: store.norm(`${layer}.input_layernorm.weight`),
      qkv: store.matrix(['q', 'k', 'v'].map((m) => `${layer}.self_attn.${m}_proj.weight`)),
      qkvBias: store.norm(qkvBias(i)),
      o: store.matrix([`${layer}.self_attn.o_proj.weight`]),
      postSelfAttnNorm: store.norm(`${layer}.post_self_attn_layernorm.weight`),
      postAttentionNorm: store.norm(`${layer}.post_attention_layernorm.weight`),
      gateUp: store.matrix([`${layer}.mlp.gate_up_proj.weight`]),
      down: store.matrix([`${layer}.mlp.down_proj.weight`]),
      postMlpNorm: store.norm(`${layer}.post_mlp_layernorm.weight`),
    };
  });
  const embedding = store.table([`${language}.embed_tokens.weight`]);
  const norm = store.norm(`${language}.norm.weight`);
  const last = config.tie_word_embeddings ? embedding : head.matrix(['lm_head.weight']);
  return { vision, text: { embedding, layers, norm, head: last } };
}

function storeVision(config: Glm4vConfig, store: Store, float: Store): StoredVision {
  const visual = 'model.visual';
  const merger = `${visual}.merger`;
  return {
    patchEmbed: float.matrix([FOLDED_PATCH]),
    patchBias: store.norm(`${visual}.patch_embed.proj.bias`),
    postConvNorm: store.norm(`${visual}.post_conv_layernorm.weight`),
    positions: store.norm(`${visual}.embeddings.position_embedding.weight`),
    blocks: Array.from({ length: config.vision.depth }, (_, i): StoredBlock => {
      const block = `${visual}.blocks.${i}`;
      return {
        norm1: store.norm(`${block}.norm1.weight`),
        norm2: store.norm(`${block}.norm2.weight`),
        qkv: store.matrix([`${block}.attn.qkv.weight`]),
        qkvBias: config.vision.attention_bias ? store.norm(`${block}.attn.qkv.bias`) : undefined,
        proj: store.matrix([`${block}.attn.proj.weight`]),
        gateUp: store.matrix([`${block}.mlp.gate_proj.weight`, `${block}.mlp.up_proj.weight`]),
        down: store.matrix([`${block}.mlp.down_proj.weight`]),
      };
    }),
    postNorm: store.norm(`${visual}.post_layernorm.weight`),
    downsample: store.matrix([BLOCKED_DOWNSAMPLE]),
    downsampleBias: store.norm(`${visual}.downsample.bias`),
    mergerProj: store.matrix([`${merger}.proj.weight`]),
    mergerNorm: {
      weight: store.norm(`${merger}.post_projection_norm.weight`),
      bias: store.norm(`${merger}.post_projection_norm.bias`),
    },
    mergerGateUp: store.matrix([`${merger}.gate_proj.weight`, `${merger}.up_proj.weight`]),
    mergerDown: store.matrix([`${merger}.down_proj.weight`]),
  };
}
