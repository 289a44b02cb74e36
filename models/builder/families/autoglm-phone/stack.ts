import { addNorm, type LayerContext, linear, rmsNorm } from '../../layers';
import { type Matrix, matrixRows, type Store } from '../../store';
import type { Stored } from '../../weights';

export interface StoredLayer {
  readonly inputNorm: Stored;
  /** Query, key and value: [3 * hidden, hidden]. */
  readonly qkv: Matrix;
  readonly o: Matrix;
  readonly postNorm: Stored;
  readonly fc1: Matrix;
  readonly fc2: Matrix;
}

export interface StoredStack {
  readonly layers: readonly StoredLayer[];
  readonly norm: Stored;
}

/** Plans the tensors of a stack of `layers` layers whose names begin with `name`. */
export function storeStack(store: Store, name: string, layers: number): StoredStack {
  return {
    layers: Array.from({ length: layers }, (_, i) => storeLayer(store, `${name}.layers.${i}`)),
    norm: store.norm(`${name}.norm.weight`),
  };
}

function storeLayer(store: Store, name: string): StoredLayer {
  return {
    inputNorm: store.norm(`${name}.input_layernorm.weight`),
    qkv: store.matrix(['q', 'k', 'v'].map((m) => `${name}.self_attn.${m}_proj.weight`)),
    o: store.matrix([`${name}.self_attn.o_proj.weight`]),
    postNorm: store.norm(`${name}.post_attention_layernorm.weight`),
    fc1: store.matrix([`${name}.mlp.fc1.weight`]),
    fc2: store.matrix([`${name}.mlp.fc2.weight`]),
  };
}

/**
 * A whole stack, from the embedded tokens x [1, T, C] to the normed rows [1, T, C]. `attention` turns a layer's normed rows into
 * attention output before o_proj, [1, T, C].
 *
 * @param part what the names of its tensors begin with.
 * @param parts pieces of the rows, which must be a multiple of it, that the feed-forward nets take one after the other.
 */
export function stack(
  c: LayerContext,
  part: string,
  { layers, norm }: StoredStack,
  x: string,
  attention: (layer: StoredLayer, name: string, index: number, normed: string) => string,
  parts = 1,
): string {
  let normed = rmsNorm(
    c,
    x,
    `${part}.layers.0.input_layernorm.weight`,
    layers[0]!.inputNorm,
    `${part}.layers.0.normed`,
  );
  let residual = x;
  for (const [i, layer] of layers.entries()) {
    const name = `${part}.layers.${i}`;
    const attended = attention(layer, name, i, normed);
    const projected = linear(c, attended, `${name}.self_attn.o_proj.weight`, layer.o, `${name}.attention`);
    const middle = { name: `${name}.post_attention_layernorm.weight`, weight: layer.postNorm };
    const sum = `${name}.residual_1`;
    const forMlp = addNorm(c, residual, projected, middle, `${name}.post_normed`, sum);
    const fc2 = inParts(c, forMlp, parts, name, 'fc2', (rows, at) => {
      const fc1 = linear(c, rows, `${name}.mlp.fc1.weight`, layer.fc1, `${at}.fc1`);
      // com.microsoft's Gelu is the exact one, x * (1 + erf(x / sqrt 2)) / 2.
      c.graph.node('Gelu', [fc1], [`${at}.gelu`], { domain: 'com.microsoft' });
      return linear(c, `${at}.gelu`, `${name}.mlp.fc2.weight`, layer.fc2, `${at}.fc2`);
    });
    const next = layers[i + 1];
    const last = next === undefined;
    const after = last
      ? { name: `${part}.norm.weight`, weight: norm }
      : { name: `${part}.layers.${i + 1}.input_layernorm.weight`, weight: next.inputNorm };
    const output = last ? `${part}.output` : `${part}.layers.${i + 1}.normed`;
    normed = addNorm(c, sum, fc2, after, output, last ? '' : `${name}.residual_2`);
    residual = `${name}.residual_2`;
  }
  return normed;
}

/**
 * What `of` makes of x [1, T, C], all rows at once or a part after the other, so that what lies between is as much smaller.
 *
 * @param of is given what the names of its values begin with.
 */
function inParts(
  c: LayerContext,
  x: string,
  parts: number,
  name: string,
  output: string,
  of: (rows: string, at: string) => string,
): string {
  if (parts === 1) return of(x, name);
  const pieces = Array.from({ length: parts }, (_, i) => `${name}.part_${i}`);
  c.graph.node('Split', [x], pieces, { attributes: { axis: 1 } });
  const made = pieces.map((piece) => of(piece, piece));
  c.graph.node('Concat', made, [`${name}.${output}`], { attributes: { axis: 1 } });
  return `${name}.${output}`;
}

/**
 * Query, key and value of normed [1, T, C], each [1, T, C], where nothing wants them packed. Quantized ones on CUDA by a product each: nothing is
 * copied apart, and all that is alive in a layer's attention has one size, so that an arena has no gaps. The CPU multiplies once.
 */
export function queryKeyValue(
  c: LayerContext,
  normed: string,
  { qkv }: StoredLayer,
  name: string,
): readonly [string, string, string] {
  const parts = [`${name}.q`, `${name}.k`, `${name}.v`] as const;
  const width = qkv.rows / 3;
  if (c.activation === 'float16' && qkv.kind === 'quantized') {
    for (const [i, part] of parts.entries()) {
      const letter = part.slice(-1);
      linear(c, normed, `${name}.self_attn.${letter}_proj.weight`, matrixRows(qkv, i * width, width), part);
    }
    return parts;
  }
  linear(c, normed, `${name}.self_attn.qkv_proj.weight`, qkv, `${name}.qkv`);
  const widths = c.graph.constant(`qkv_sizes.${width}`, 'int64', [3], [width, width, width]);
  c.graph.node('Split', [`${name}.qkv`, widths], [...parts], { attributes: { axis: -1 } });
  return parts;
}
