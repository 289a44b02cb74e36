import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DATA_TYPE, Graph, WEIGHTS_FILE } from '../../graph';
import { linear, rmsNorm } from '../../layers';
import { RandomTensors } from '../../random';
import { Store } from '../../store';
import { byteTokenizer } from '../../tokenizer';
import { WeightsPlan, writeWeights } from '../../weights';
import { gatedFeedForward } from '../gated';

/** Sizes of the random model that the tests import. */
export const SIZES = {
  vocabulary: 288,
  hidden: 64,
  heads: 4,
  kvHeads: 2,
  headSize: 16,
  width: 128,
  layers: 2,
  rows: 256,
};

/** ChatML in the byte tokenizer's own special tokens. */
const TEMPLATE =
  "{% for m in messages %}{{ '<|' + m.role + '|>' }}{{ m.content | trim }}{{ eos_token }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

/**
 * A folder as onnxruntime-genai's model builder or Transformers.js' converter leaves it, with a small random Llama: the graph derives
 * lengths from `attention_mask`, as theirs do.
 */
export function writeRandomFolder(
  folder: string,
  layout: 'genai' | 'transformers.js',
  attention: 'gqa' | 'mha' = 'gqa',
): void {
  const genai = layout === 'genai';
  const graphFolder = genai ? folder : path.join(folder, 'onnx');
  mkdirSync(graphFolder, { recursive: true });
  const name = genai ? 'model.onnx' : 'model_q4.onnx';
  writeFileSync(
    path.join(graphFolder, name),
    graphOf(path.join(graphFolder, WEIGHTS_FILE), !genai, attention === 'gqa'),
  );
  writeFileSync(path.join(folder, 'tokenizer.json'), byteTokenizer());
  const json = (file: string, value: unknown) =>
    writeFileSync(path.join(folder, file), JSON.stringify(value, null, 2));
  json('tokenizer_config.json', { bos_token: null, eos_token: '<|end|>', chat_template: TEMPLATE });
  const { vocabulary, hidden, heads, kvHeads, headSize, layers, rows, width } = SIZES;
  if (!genai) {
    json('config.json', {
      model_type: 'llama',
      num_hidden_layers: layers,
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
      hidden_size: hidden,
      intermediate_size: width,
      vocab_size: vocabulary,
      max_position_embeddings: rows,
      eos_token_id: 1,
    });
    json('generation_config.json', { eos_token_id: [1], do_sample: true, temperature: 0.6, top_p: 0.9 });
    return;
  }
  const names = (prefix: string, kind: string) => ({
    [`${kind}_key_names`]: `${prefix}.%d.key`,
    [`${kind}_value_names`]: `${prefix}.%d.value`,
  });
  json('genai_config.json', {
    model: {
      context_length: rows,
      eos_token_id: 1,
      pad_token_id: 0,
      vocab_size: vocabulary,
      type: 'llama',
      decoder: {
        filename: name,
        head_size: headSize,
        hidden_size: hidden,
        num_attention_heads: heads,
        num_hidden_layers: layers,
        num_key_value_heads: kvHeads,
        inputs: {
          input_ids: 'input_ids',
          attention_mask: 'attention_mask',
          ...names('past_key_values', 'past'),
        },
        outputs: { logits: 'logits', ...names('present', 'present') },
      },
    },
    search: { do_sample: false, past_present_share_buffer: true },
  });
}

function graphOf(weightsPath: string, positions: boolean, gqa: boolean): Uint8Array {
  const { vocabulary, hidden, heads, kvHeads, headSize, width, layers, rows } = SIZES;
  const shapes = new Map<string, readonly number[]>([
    ['embed', [vocabulary, hidden]],
    ['head', [vocabulary, hidden]],
    ['norm', [hidden]],
    ['rotary', [rows, headSize / 2]],
  ]);
  for (let i = 0; i < layers; i++) {
    shapes.set(`${i}.qkv`, [(heads + 2 * kvHeads) * headSize, hidden]);
    shapes.set(`${i}.o`, [hidden, heads * headSize]);
    shapes.set(`${i}.gate_up`, [2 * width, hidden]);
    shapes.set(`${i}.down`, [hidden, width]);
  }
  const plan = new WeightsPlan();
  const random = new RandomTensors(shapes, 7, (name) => (name === 'embed' ? 1 : 0.25));
  const store = new Store(random, plan, { precision: 'int4', blockSize: 32 });
  const float = new Store(random, plan, { precision: 'fp32', blockSize: 32 });
  const graph = new Graph('decoder');
  const c = { graph, config: { rms_norm_eps: 1e-5 }, activation: 'float32', accuracyLevel: 1 } as const;

  graph.input('input_ids', 'int64', ['batch', 'T']);
  graph.input('attention_mask', 'int64', ['batch', 'total']);
  if (positions) graph.input('position_ids', 'int64', ['batch', 'T']);
  graph.output('logits', 'float32', ['batch', 'T', vocabulary]);
  // seqlens_k = sum of the mask - 1; total_sequence_length = its length.
  const one = graph.constant('one', 'int64', [1], [1]);
  graph.node('ReduceSum', ['attention_mask', one], ['mask.sum'], { attributes: { keepdims: 0 } });
  graph.node('Sub', ['mask.sum', one], ['mask.last']);
  graph.node('Cast', ['mask.last'], ['seqlens_k'], { attributes: { to: DATA_TYPE.int32 } });
  graph.node('Shape', ['attention_mask'], ['mask.shape']);
  graph.node('Gather', ['mask.shape', graph.constant('axis', 'int64', [], [1])], ['mask.total']);
  graph.node('Cast', ['mask.total'], ['total'], { attributes: { to: DATA_TYPE.int32 } });

  if (!gqa) causalBias(graph);

  // Any angles do: what counts is that all runs use the same.
  const angles = gqa ? graph.weight('rotary', float.norm('rotary')) : '';
  const embedding = float.matrix(['embed']);
  if (embedding.kind !== 'float') throw new TypeError('the embedding is float');
  graph.node('Gather', [graph.weight('embed', embedding.values), 'input_ids'], ['x.0']);
  const norm = store.norm('norm');
  for (let i = 0; i < layers; i++) {
    const normed = rmsNorm(c, `x.${i}`, `norm.${i}`, norm, `${i}.normed`);
    const qkv = linear(c, normed, `${i}.qkv_weight`, store.matrix([`${i}.qkv`]), `${i}.qkv`);
    for (const kind of ['key', 'value']) {
      graph.input(`past_key_values.${i}.${kind}`, 'float32', ['batch', kvHeads, 'past', headSize]);
      graph.output(`present.${i}.${kind}`, 'float32', ['batch', kvHeads, 'present', headSize]);
    }
    const past = ['key', 'value'].map((kind) => `past_key_values.${i}.${kind}`);
    const present = ['key', 'value'].map((kind) => `present.${i}.${kind}`);
    if (gqa) {
      graph.node(
        'GroupQueryAttention',
        [qkv, '', '', ...past, 'seqlens_k', 'total', angles, angles],
        [`${i}.attended`, ...present],
        { domain: 'com.microsoft', attributes: { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1 } },
      );
    } else {
      // As exports with plain attention: the past and the new rows, one after the other.
      const parts = ['q', 'k', 'v'].map((part) => `${i}.${part}`);
      const sizes = graph.constant(
        'sizes',
        'int64',
        [3],
        [heads * headSize, kvHeads * headSize, kvHeads * headSize],
      );
      graph.node('Split', [qkv, sizes], parts, { attributes: { axis: -1 } });
      const repeated = parts.slice(1).map((part, at) => grow(graph, part, past[at]!, present[at]!));
      graph.node('MultiHeadAttention', [parts[0]!, ...repeated, '', '', 'causal'], [`${i}.attended`], {
        domain: 'com.microsoft',
        attributes: { num_heads: heads },
      });
    }
    const o = linear(c, `${i}.attended`, `${i}.o_weight`, store.matrix([`${i}.o`]), `${i}.o`);
    graph.node('Add', [`x.${i}`, o], [`${i}.middle`]);
    const second = rmsNorm(c, `${i}.middle`, `norm.${i}.mlp`, norm, `${i}.mlp_normed`);
    const gateUp = store.matrix([`${i}.gate_up`]);
    const mlp = gatedFeedForward(
      c,
      second,
      `${i}.mlp`,
      gateUp,
      store.matrix([`${i}.down`]),
      `${i}.mlp_output`,
    );
    graph.node('Add', [`${i}.middle`, mlp], [`x.${i + 1}`]);
  }
  const last = rmsNorm(c, `x.${layers}`, 'norm.last', norm, 'normed');
  linear(c, last, 'head_weight', store.matrix(['head']), 'logits');
  writeWeights(plan, weightsPath);
  return graph.serialize();
}

/** x [1, T, kv heads * D] behind `past` gives `present` [1, kv heads, P + T, D]; returned with every head repeated for its queries. */
function grow(graph: Graph, x: string, past: string, present: string): string {
  const { heads, kvHeads, headSize } = SIZES;
  const shape = (name: string, dims: readonly number[]) => graph.constant(name, 'int64', [dims.length], dims);
  graph.node('Reshape', [x, shape('by_head', [1, -1, kvHeads, headSize])], [`${x}.heads`]);
  graph.node('Transpose', [`${x}.heads`], [`${x}.rows`], { attributes: { perm: [0, 2, 1, 3] } });
  graph.node('Concat', [past, `${x}.rows`], [present], { attributes: { axis: 2 } });
  graph.node('Unsqueeze', [present, shape('after_heads', [2])], [`${x}.apart`]);
  graph.node('Expand', [`${x}.apart`, shape('repeats', [1, 1, heads / kvHeads, 1, 1])], [`${x}.expanded`]);
  graph.node('Reshape', [`${x}.expanded`, shape('all_heads', [1, heads, -1, headSize])], [`${x}.all`]);
  return `${x}.all`;
}

/** `causal` [1, 1, T, total]: 0 where a token may look, far below elsewhere. */
function causalBias(graph: Graph): void {
  const scalar = (name: string, value: number) => graph.constant(name, 'int64', [], [value]);
  graph.node('Shape', ['input_ids'], ['ids.shape']);
  graph.node('Gather', ['ids.shape', scalar('axis', 1)], ['ids.count']);
  graph.node('Range', [scalar('zero', 0), 'mask.total', scalar('step', 1)], ['columns']);
  graph.node('Sub', ['mask.total', 'ids.count'], ['first']);
  graph.node('Range', ['first', 'mask.total', scalar('step', 1)], ['rows.flat']);
  graph.node('Unsqueeze', ['rows.flat', graph.constant('last_axis', 'int64', [1], [1])], ['rows']);
  graph.node('LessOrEqual', ['columns', 'rows'], ['visible']);
  const open = graph.constant('open', 'float32', [], [0]);
  graph.node('Where', ['visible', open, graph.constant('hidden', 'float32', [], [-10_000])], ['causal.flat']);
  graph.node('Unsqueeze', ['causal.flat', graph.constant('first_axes', 'int64', [2], [0, 1])], ['causal']);
}
