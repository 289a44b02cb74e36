import type { CudaLayout } from './cuda-layout';
import type { Graph } from './graph';
import type { Matrix } from './store';
import { type Stored, storedAs } from './weights';

export type Activation = 'float32' | 'float16';

/**
 * MatMulNBits' `accuracy_level`: 4 lets the CPU quantize the activations of a block to int8 and multiply integers, several times
 * as fast; 1 computes in float32; 0 leaves it to the provider (CUDA computes in float16).
 */
export type AccuracyLevel = 0 | 1 | 4;

/** How the decoder attends: GroupQueryAttention, or general operators around MultiHeadAttention. */
export type AttentionKind = 'gqa' | 'mha';

/** What a matrix product or a norm needs to know, whatever the family. */
export interface LayerContext {
  readonly graph: Graph;
  readonly config: { readonly rms_norm_eps: number };
  readonly activation: Activation;
  readonly accuracyLevel: AccuracyLevel;
}

/** A vector that is added to every row of a product. */
export interface Bias {
  readonly name: string;
  readonly vector: Stored;
}

/** x [..., columns] times the transpose of a matrix [rows, columns], plus `bias` -> [..., rows]. */
export function linear(
  c: LayerContext,
  x: string,
  name: string,
  matrix: Matrix,
  output: string,
  bias?: Bias,
): string {
  const { graph } = c;
  if (matrix.kind === 'float') {
    const product = bias ? `${output}.product` : output;
    graph.node('FusedMatMul', [x, graph.weightAs(name, matrix.values, c.activation)], [product], {
      domain: 'com.microsoft',
      attributes: { transB: 1 },
    });
    if (bias) graph.node('Add', [product, graph.weightAs(bias.name, bias.vector, c.activation)], [output]);
    return output;
  }
  const codes = graph.weight(`${name}.codes`, matrix.codes);
  const scales = graph.weightAs(`${name}.scales`, matrix.scales, c.activation);
  // Zero points and group indices, which these codes have none of, lie between the scales and the bias.
  const vector = bias ? ['', '', graph.weightAs(bias.name, bias.vector, c.activation)] : [];
  graph.node('MatMulNBits', [x, codes, scales, ...vector], [output], {
    domain: 'com.microsoft',
    attributes: {
      K: matrix.columns,
      N: matrix.rows,
      bits: matrix.bits,
      block_size: matrix.blockSize,
      accuracy_level: c.accuracyLevel,
      ...(matrix.layout && { weight_prepacked: PREPACKED[matrix.layout] }),
    },
  });
  return output;
}

/** MatMulNBits' `weight_prepacked`. */
const PREPACKED = { sm80: 1, sm90: 2 } as const satisfies Record<CudaLayout, number>;

/** ids int64 [1, T] -> rows of the embedding [1, T, C]. */
export function embed(
  c: LayerContext & { readonly model: { readonly embedding: Matrix } },
  ids: string,
  output: string,
): string {
  const { graph } = c;
  const { embedding } = c.model;
  if (embedding.kind === 'float') {
    graph.node(
      'Gather',
      [graph.weightAs('embed_tokens.weight', embedding.values, c.activation), ids],
      [output],
    );
    return output;
  }
  // The bytes of the output projection, seen as [vocab, C * bits / 8].
  const packed = storedAs(embedding.codes, [embedding.rows, (embedding.columns * embedding.bits) / 8]);
  const codes = graph.weight('embed_tokens.weight.rows', packed);
  const scales = graph.weightAs('embed_tokens.weight.scales', embedding.scales, c.activation);
  graph.node('GatherBlockQuantized', [codes, ids, scales], [output], {
    domain: 'com.microsoft',
    attributes: { bits: embedding.bits, block_size: embedding.blockSize, gather_axis: 0, quantize_axis: 1 },
  });
  return output;
}

/** RMSNorm: x / sqrt(mean(x^2) + eps) * weight (Zhang & Sennrich 2019, arXiv 1910.07467). */
export function rmsNorm(c: LayerContext, x: string, name: string, weight: Stored, output: string): string {
  c.graph.node('SimplifiedLayerNormalization', [x, c.graph.weightAs(name, weight, c.activation)], [output], {
    attributes: { axis: -1, epsilon: { float: c.config.rms_norm_eps } },
  });
  return output;
}

/**
 * The same by the kernel that sums and norms, x + 0 being x: CUDA's is faster than that of the norm alone.
 *
 * @param zeros as large as x.
 */
export function summingRmsNorm(
  c: LayerContext,
  x: string,
  zeros: string,
  name: string,
  weight: Stored,
  output: string,
): string {
  const stored = c.graph.weightAs(name, weight, c.activation);
  c.graph.node('SkipSimplifiedLayerNormalization', [x, zeros, stored], [output], {
    domain: 'com.microsoft',
    attributes: { epsilon: { float: c.config.rms_norm_eps } },
  });
  return output;
}

/** The residual sum and its norm in one kernel: `sum` = x + delta, returned `output` = RMSNorm(sum). */
export function addNorm(
  c: LayerContext,
  x: string,
  delta: string,
  norm: { readonly name: string; readonly weight: Stored },
  output: string,
  sum: string,
): string {
  const weight = c.graph.weightAs(norm.name, norm.weight, c.activation);
  c.graph.node(
    'SkipSimplifiedLayerNormalization',
    [x, delta, weight],
    sum ? [output, '', '', sum] : [output],
    {
      domain: 'com.microsoft',
      attributes: { epsilon: { float: c.config.rms_norm_eps } },
    },
  );
  return output;
}
