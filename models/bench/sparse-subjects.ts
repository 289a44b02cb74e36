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

/** `materialised` is what attention costs when all scores are kept, as in plain PyTorch; only measured alone. */
export const ATTENTIONS = ['materialised', 'dense', 'sparse'] as const;
export type AttentionKind = (typeof ATTENTIONS)[number];

const SPARSE: SparseAttention = ConfigSchema.shape.sparse_attention
  .unwrap()
  .unwrap()
  .parse({ min_length: 16 });

/** Writes both packages of a size; they share one `weights.data`. */
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
      sparse: ['float32', 'float16'],
      names: { id: `${size}-${kind}`, name: size, license: 'Apache-2.0', source: 'random' },
    });
  }
  const [first, second] = ['dense', 'sparse'].map((kind) => join(folder, `${size}-${kind}`, WEIGHTS_FILE));
  rmSync(second!);
  linkSync(first!, second!);
}

/** Writes q, k, v [1, n, C] -> out [1, n, C]; returns the file. */
export function writeAttention(
  folder: string,
  size: string,
  kind: AttentionKind,
  activation: Activation,
): string {
  const { hidden_size: hidden, num_attention_heads: heads } = SIZES[size]!;
  const graph = new Graph('attention');
  for (const name of ['q', 'k', 'v']) graph.input(name, activation, [1, 'n', hidden]);
  graph.output('out', activation, [1, 'n', hidden]);
  if (kind === 'sparse') {
    const c = { graph, activation, heads, headSize: hidden / heads, sparse: SPARSE };
    graph.node('Shape', ['q'], ['rows'], { attributes: { start: 1, end: 2 } });
    graph.node(
      'Identity',
      [sparseSelfAttention(c, planEncoder(c, 'rows'), { q: 'q', k: 'k', v: 'v' }, 'layer')],
      ['out'],
    );
  } else if (kind === 'dense') {
    const options = { domain: 'com.microsoft', attributes: { num_heads: heads } } as const;
    graph.node('MultiHeadAttention', ['q', 'k', 'v'], ['out'], options);
  } else {
    materialise(graph, heads, hidden / heads);
  }
  const file = join(folder, `attention-${size}-${kind}-${activation}.onnx`);
  writeFileSync(file, graph.serialize());
  return file;
}

function materialise(graph: Graph, heads: number, size: number): void {
  const split = graph.constant('split', 'int64', [4], [0, 0, heads, size]);
  for (const name of ['q', 'k', 'v']) {
    graph.node('Reshape', [name, split], [`${name}.split`]);
    graph.node('Transpose', [`${name}.split`], [`${name}.by_head`], { attributes: { perm: [0, 2, 1, 3] } });
  }
  const scaled = { transB: 1, alpha: { float: 1 / Math.sqrt(size) } };
  graph.node('FusedMatMul', ['q.by_head', 'k.by_head'], ['scores'], {
    domain: 'com.microsoft',
    attributes: scaled,
  });
  graph.node('Softmax', ['scores'], ['weights'], { attributes: { axis: -1 } });
  graph.node('MatMul', ['weights', 'v.by_head'], ['sums']);
  graph.node('Transpose', ['sums'], ['sums.by_row'], { attributes: { perm: [0, 2, 1, 3] } });
  graph.node('Reshape', ['sums.by_row', graph.constant('join', 'int64', [3], [0, 0, heads * size])], ['out']);
}
