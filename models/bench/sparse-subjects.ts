import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage } from '../builder/families/autoglm-phone/build';
import {
  type Config,
  ConfigSchema,
  loadConfig,
  type SparseAttention,
} from '../builder/families/autoglm-phone/config';
import { RandomSource } from '../builder/families/autoglm-phone/random-source';
import { planEncoder, sparseSelfAttention } from '../builder/families/autoglm-phone/sparse/encoder';
import { Graph, WEIGHTS_FILE } from '../builder/graph';
import type { Activation } from '../builder/layers';
import { byteTokenizer } from '../builder/tokenizer';

/** What `--sparse` measures: graphs of attention alone, and packages of random INT4 weights that differ in their attention only. */

/** Rows of the longest prompt's cache: 8192 and an answer. */
export const CACHE_ROWS = 8192 + 128;
export const DECODE_STEPS = 32;
/** Small: every matrix costs something at each size, nothing else depends on it. */
const VOCABULARY = 512;

const nano = loadConfig('nano');
const text = {
  vision: undefined,
  speech: undefined,
  vocab_size: VOCABULARY,
  max_position_embeddings: CACHE_ROWS,
};

/** Nano's text part, and one layer each of the 9 B model's width. */
export const SIZES: Readonly<Record<string, Config>> = {
  nano: { ...nano, ...text },
  wide: { ...loadConfig('9b'), ...text, encoder_layers: 1, decoder_layers: 1 },
};

/**
 * `materialised` is what attention costs when all scores are kept, as in plain PyTorch; only measured alone. `planned` is CUDA's dense attention where ONNX Runtime
 * chooses its kernel, which is cuDNN's on Hopper.
 */
export const ATTENTIONS = ['materialised', 'dense', 'planned', 'sparse'] as const;
export type AttentionKind = (typeof ATTENTIONS)[number];

/** Attentions in one graph, each of what the one before made: a GPU's run of one takes no longer than starting it. */
export const CHAINED: Readonly<Record<Activation, number>> = { float32: 1, float16: 32 };

export const SPARSE: SparseAttention = ConfigSchema.shape.sparse_attention
  .unwrap()
  .unwrap()
  .parse({ min_length: 16 });

/** Writes both packages of a size; they share one `weights.data`. CUDA's graphs are the same in both: its sparse attention is the engine's. */
export function writePackages(folder: string, size: string): void {
  const config = SIZES[size]!;
  for (const kind of ['dense', 'sparse'] as const) {
    buildPackage({
      config: { ...config, sparse_attention: kind === 'sparse' ? SPARSE : undefined },
      source: new RandomSource(config),
      tokenizer: { text: byteTokenizer() },
      out: join(folder, `${size}-${kind}`),
      precision: 'int4',
      blockSize: 32,
      names: { id: `${size}-${kind}`, name: size, license: 'Apache-2.0', source: 'random' },
    });
  }
  const [first, second] = ['dense', 'sparse'].map((kind) => join(folder, `${size}-${kind}`, WEIGHTS_FILE));
  rmSync(second!);
  linkSync(first!, second!);
}

/** Writes q, k, v [1, n, C] -> out, all rows or, on CUDA, where fetching them takes longer, the last one; returns the file. */
export function writeAttention(
  folder: string,
  size: string,
  kind: AttentionKind,
  activation: Activation,
): string {
  const { hidden_size: hidden, num_attention_heads: heads } = SIZES[size]!;
  const onCuda = activation === 'float16';
  const graph = new Graph('attention');
  for (const name of ['q', 'k', 'v']) graph.input(name, activation, [1, 'n', hidden]);
  graph.output('out', activation, [1, onCuda ? 1 : 'n', hidden]);
  const attend = (q: string, name: string): string => {
    if (kind === 'materialised') return materialise(graph, q, heads, hidden / heads, name);
    if (kind === 'sparse' && !onCuda) {
      const c = { graph, activation, heads, headSize: hidden / heads, sparse: SPARSE };
      graph.node('Shape', [q], ['rows'], { attributes: { start: 1, end: 2 } });
      return sparseSelfAttention(c, planEncoder(c, 'rows'), { q, k: 'k', v: 'v' }, name);
    }
    const options = { domain: 'com.microsoft', attributes: { num_heads: heads } } as const;
    graph.node('MultiHeadAttention', [q, 'k', 'v'], [`${name}.out`], options);
    return `${name}.out`;
  };
  let q = 'q';
  for (let i = 0; i < CHAINED[activation]; i++) q = attend(q, `layer.${i}`);
  if (onCuda) {
    const last = graph.constant('last', 'int64', [1], [-1]);
    graph.node('Gather', [q, last], ['out'], { attributes: { axis: 1 } });
  } else graph.node('Identity', [q], ['out']);
  const file = join(folder, `attention-${size}-${kind}-${activation}.onnx`);
  writeFileSync(file, graph.serialize());
  return file;
}

/** Returns the name of what it gives. */
function materialise(graph: Graph, q: string, heads: number, size: number, name: string): string {
  const at = (what: string) => `${name}.${what}`;
  const split = graph.constant('split', 'int64', [4], [0, 0, heads, size]);
  const [byHeadQ, byHeadK, byHeadV] = [q, 'k', 'v'].map((x, i) => {
    graph.node('Reshape', [x, split], [at(`split.${i}`)]);
    graph.node('Transpose', [at(`split.${i}`)], [at(`by_head.${i}`)], { attributes: { perm: [0, 2, 1, 3] } });
    return at(`by_head.${i}`);
  }) as [string, string, string];
  const scaled = { transB: 1, alpha: { float: 1 / Math.sqrt(size) } };
  graph.node('FusedMatMul', [byHeadQ, byHeadK], [at('scores')], {
    domain: 'com.microsoft',
    attributes: scaled,
  });
  graph.node('Softmax', [at('scores')], [at('weights')], { attributes: { axis: -1 } });
  graph.node('MatMul', [at('weights'), byHeadV], [at('sums')]);
  graph.node('Transpose', [at('sums')], [at('sums.by_row')], { attributes: { perm: [0, 2, 1, 3] } });
  const join = graph.constant('join', 'int64', [3], [0, 0, heads * size]);
  graph.node('Reshape', [at('sums.by_row'), join], [at('out')]);
  return at('out');
}
