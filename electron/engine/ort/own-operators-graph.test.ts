import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadGlm4vConfig } from '../../../models/builder/families/glm4v/config';
import { glm4vDecoderGraph } from '../../../models/builder/families/glm4v/decoder';
import { storeGlm4v } from '../../../models/builder/families/glm4v/store';
import { withDerived } from '../../../models/builder/families/glm4v/tensors';
import { relativeError } from '../../../models/builder/families/testing';
import { buildFixture, fixtureFolder } from '../../../models/builder/fixture-packages';
import { Graph } from '../../../models/builder/graph';
import { SafetensorsSource } from '../../../models/builder/safetensors';
import { WeightsPlan, writeWeights } from '../../../models/builder/weights';
import { referenceOperators } from '../testing/own-operators';
import type { Tensors } from './backend';
import { CpuBackend } from './cpu-backend';
import { castFloats, halvesToFloats } from './float16';
import { GRAPH, operatorOf, rewriteModel } from './onnx-graph';
import { readFields } from './onnx-wire';
import { type OwnParts, withOwnOperators } from './own-operators-graph';

const { onnx } = createRequire(import.meta.url)('onnx-proto') as typeof import('onnx-proto');

const folder = mkdtempSync(join(tmpdir(), 'autoglm-own-operators-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Activation = 'float32' | 'float16';

/** The fixture's decoder, written as CUDA's is, in either type. */
function glm4vDecoder(activation: Activation): string {
  const config = loadGlm4vConfig(join(fixtureFolder('glm4v'), 'config.json'));
  const source = new SafetensorsSource(fixtureFolder('glm4v'));
  const plan = new WeightsPlan();
  const stored = storeGlm4v(withDerived(source, config), config, plan, { precision: 'int4', blockSize: 32 });
  writeWeights(plan, join(folder, 'weights.data'));
  source.close();
  const choice = { gateApart: true, summingNorms: true };
  const path = join(folder, `glm4v.${activation}.onnx`);
  writeFileSync(path, glm4vDecoderGraph(config.text, stored.text, activation, 1, choice));
  return path;
}

function phoneDecoder(activation: Activation): string {
  const out = join(folder, `phone.${activation}`);
  buildFixture('tiny', out, { precision: 'int4' });
  return join(out, `decoder.${activation === 'float32' ? 'fp32' : 'fp16'}.onnx`);
}

/** Of two layers each, beside the products. */
const GLM4V = {
  'autoglm.ArgMax': 1,
  'autoglm.AddNorm': 4,
  'autoglm.GroupQueryAttention': 2,
  SimplifiedLayerNormalization: 1,
};
const PHONE = { 'autoglm.ArgMax': 1, 'autoglm.AddNorm': 4, 'autoglm.GroupQueryAttention': 2 };

const ROWS = 16;

/** Logits of the last token of five that one run reads, and of a sixth. */
async function logits(path: string, activation: Activation, own: boolean): Promise<Float32Array[]> {
  const operators = referenceOperators(activation);
  // In float16 the processor has no operators to make the others of.
  const parts: OwnParts =
    activation === 'float16' ? ['products'] : ['products', 'norms', 'attention', 'choice'];
  const rewrite = (model: Uint8Array) => withOwnOperators(model, activation, parts);
  // Prepacking would give ORT's products another kernel than those have that ours run.
  const backend = new CpuBackend(1, { prepacking: false, ...(own && { own: { operators, rewrite } }) });
  const session = await backend.open(path);
  const shapes = shapesOf(path);
  const values = (shape: readonly number[], scale: number) => {
    const tensor = backend.buffer(activation, shape);
    const data = Float32Array.from({ length: tensor.data.length }, (_, i) => scale * Math.sin(i * 1.3));
    tensor.data.set(castFloats(activation, data));
    return tensor;
  };
  const cache = Object.entries(shapes).filter(([name]) => name.startsWith('past_key_values'));
  const past = Object.fromEntries(cache.map(([name, shape]) => [name, values(shape, 0)]));
  const present = Object.fromEntries(
    Object.entries(past).map(([name, tensor]) => [name.replace('past_key_values', 'present'), tensor]),
  );
  const given: Record<string, Tensors[string]> = {};
  for (const name of ['image_features', 'rotary_cos', 'rotary_sin'])
    if (shapes[name]) given[name] = values(shapes[name], 1);
  const out = values(shapes.logits!, 0);
  const results: Float32Array[] = [];
  let used = 0;
  for (const ids of [[5, 77, 120, 9, 300], [42]]) {
    const tokens = backend.buffer('int64', [1, ids.length]);
    tokens.data.set(ids.map(BigInt));
    const imageRows = backend.buffer('int64', [1, ids.length]);
    imageRows.data.fill(-1n);
    const seqlens = backend.buffer('int32', [1]);
    const total = backend.buffer('int32', []);
    used += ids.length;
    seqlens.data[0] = used - 1;
    total.data[0] = used;
    const lengths = { seqlens_k: seqlens, total_sequence_length: total };
    const image: Tensors = shapes.image_rows ? { image_rows: imageRows } : {};
    const inputs: Tensors = { input_ids: tokens, ...lengths, ...image, ...given, ...past };
    const next = backend.buffer('int64', [1, 1]);
    const binding = session.bind(inputs, { logits: out, next_token: next, ...present });
    binding.run();
    binding.dispose();
    const floats = new Float32Array(out.data.length);
    if (out.data instanceof Uint16Array) halvesToFloats(out.data, floats);
    else floats.set(out.data as Float32Array);
    expect(Number(next.data[0])).toBe(floats.indexOf(Math.max(...floats)));
    results.push(floats);
  }
  session.dispose();
  backend.dispose();
  return results;
}

/** Shapes of a graph's inputs and outputs, with as many rows of the cache and of features as the test has. */
function shapesOf(path: string): Record<string, readonly number[]> {
  const { graph } = onnx.ModelProto.decode(readFileSync(path));
  const free: Record<string, number> = { M: ROWS, N: 1, T: 1 };
  return Object.fromEntries(
    [...graph!.input!, ...graph!.output!].map(({ name, type }) => [
      name!,
      type!.tensorType!.shape!.dim!.map(({ dimParam, dimValue }) =>
        dimParam ? (free[dimParam] ?? 1) : Number(dimValue),
      ),
    ]),
  );
}

/** Operators of a graph's nodes, counted. */
function operators(model: Uint8Array): Record<string, number> {
  const counts: Record<string, number> = {};
  rewriteModel(model, (graph) => {
    for (const { number, bytes } of graph) {
      if (number !== GRAPH.node) continue;
      const operator = operatorOf(readFields(bytes));
      counts[operator] = (counts[operator] ?? 0) + 1;
    }
    return graph;
  });
  return counts;
}

describe.each(['float32', 'float16'] as const)('a decoder with our operators, in %s,', (activation) => {
  test.each([
    ['glm4v', glm4vDecoder, { ...GLM4V, 'autoglm.MatMulNBits': 7, 'autoglm.GatedMatMulNBits': 2 }],
    ['autoglm-phone', phoneDecoder, { ...PHONE, 'autoglm.MatMulNBits': 9 }],
  ] as const)('gives the logits of the one without: %s', async (_family, build, expected) => {
    const path = build(activation);
    const rewritten = operators(withOwnOperators(readFileSync(path), activation));
    expect(rewritten).toMatchObject(expected);
    for (const gone of [
      'MatMulNBits',
      'QuickGelu',
      'Gelu',
      'SkipSimplifiedLayerNormalization',
      'GroupQueryAttention',
    ])
      expect(rewritten).not.toHaveProperty(`com.microsoft.${gone}`);
    const [without, own] = [await logits(path, activation, false), await logits(path, activation, true)];
    for (const [i, rows] of without.entries()) {
      expect(Math.max(...rows.map(Math.abs))).toBeGreaterThan(0.01);
      if (activation === 'float32') expect([...own[i]!]).toEqual([...rows]);
      else expect(relativeError(own[i]!, rows)).toBeLessThan(0.01);
    }
    expect(relativeError(without[1]!, without[0]!)).toBeGreaterThan(0.1);
  });
});

describe('a product by quantized weights', () => {
  interface ProductOptions {
    readonly attributes?: Record<string, number>;
    readonly without?: string;
    readonly tail?: readonly string[];
    readonly scales?: 'float32' | 'float16';
  }

  /** A graph of float16 activations; `body` adds nodes between `x` and the output `y`. */
  function graphOf(body: (graph: Graph, product: ReturnType<typeof adder>) => void): Uint8Array {
    const graph = new Graph('test');
    graph.input('x', 'float16', [1, 'T', 64]);
    graph.output('y', 'float16', [1, 'T', 64]);
    body(graph, adder(graph));
    return graph.serialize();
  }

  const adder =
    (graph: Graph) =>
    (x: string, output: string, options: ProductOptions = {}): string => {
      const { attributes = {}, without, tail = [], scales = 'float16' } = options;
      const stored = (type: 'uint8' | 'float16' | 'float32') =>
        ({ type, shape: [64, 2], offset: 0, bytes: 128 }) as const;
      const all: Record<string, number> = { K: 64, N: 64, bits: 4, block_size: 32, ...attributes };
      if (without) delete all[without];
      const codes = graph.weight(`${output}.codes`, stored('uint8'));
      const inputs = [x, codes, graph.weight(`${output}.scales`, stored(scales)), ...tail];
      graph.node('MatMulNBits', inputs, [output], { domain: 'com.microsoft', attributes: all });
      return output;
    };

  const silu = (graph: Graph, from: string, to: string, alpha = 1) => {
    graph.node('QuickGelu', [from], [to], {
      domain: 'com.microsoft',
      attributes: { alpha: { float: alpha } },
    });
    return to;
  };

  const gated = (change: {
    readonly alpha?: number;
    readonly up?: ProductOptions;
    readonly gate?: ProductOptions;
    readonly upOf?: string;
    readonly output?: string;
    readonly reader?: string;
    readonly swapped?: boolean;
  }) =>
    graphOf((graph, product) => {
      product('x', 'gate', change.gate);
      graph.node('Abs', ['x'], ['other']);
      product(change.upOf ?? 'x', 'up', change.up);
      silu(graph, 'gate', 'silu', change.alpha);
      graph.node('Mul', change.swapped ? ['up', 'silu'] : ['silu', 'up'], ['y']);
      if (change.output) graph.output(change.output, 'float16', [1, 'T', 64]);
      if (change.reader) graph.node('Neg', [change.reader], ['read']);
    });

  const node = (model: Uint8Array, operator: string) =>
    onnx.ModelProto.decode(model).graph!.node!.find(({ opType }) => opType === operator)!;

  test('becomes ours with its inputs, its bias moved up, and the domain is declared once', () => {
    const model = graphOf((graph, product) => {
      graph.input('bias', 'float16', [64]);
      product('x', 'y', { tail: ['', '', 'bias'], attributes: { bits: 8, accuracy_level: 4 } });
    });
    const own = withOwnOperators(model);
    expect(operators(own)).toEqual({ 'autoglm.MatMulNBits': 1 });
    const written = node(own, 'MatMulNBits');
    expect(written).toMatchObject({ input: ['x', 'y.codes', 'y.scales', 'bias'], output: ['y'] });
    expect(Object.fromEntries(written.attribute!.map(({ name, i }) => [name, Number(i)]))).toEqual({
      K: 64,
      N: 64,
      bits: 8,
      block_size: 32,
      accuracy_level: 4,
    });
    const opsets = onnx.ModelProto.decode(own).opsetImport!;
    expect(opsets.filter(({ domain }) => domain === 'autoglm').map(({ version }) => Number(version))).toEqual(
      [1],
    );
    expect(withOwnOperators(own)).toBe(own);
  });

  test.each<[string, ProductOptions]>([
    ['of 2 bits', { attributes: { bits: 2 } }],
    ['of blocks of 16', { attributes: { block_size: 16 } }],
    ['of columns that are no whole blocks', { attributes: { K: 48 } }],
    ['of an odd number of columns', { attributes: { N: 63 } }],
    ['without a size', { without: 'N' }],
    ['with zero points', { tail: ['x'] }],
    ['with group indices', { tail: ['', 'x'] }],
    ['ordered for a kernel', { attributes: { weight_prepacked: 1 } }],
    ['with an attribute that nobody knows', { attributes: { sparsity: 2 } }],
    ['with scales of another type', { scales: 'float32' }],
  ])('%s stays as it is, byte for byte', (_what, options) => {
    const model = graphOf((_graph, product) => product('x', 'y', options));
    expect(withOwnOperators(model)).toBe(model);
  });

  test('and its Gelu become one; another reader of the product keeps both', () => {
    const model = (reader: boolean) =>
      graphOf((graph, product) => {
        graph.node('Gelu', [product('x', 'product')], ['y'], { domain: 'com.microsoft' });
        if (reader) graph.node('Neg', ['product'], ['read']);
      });
    const own = withOwnOperators(model(false));
    expect(operators(own)).toEqual({ 'autoglm.MatMulNBits': 1 });
    const written = node(own, 'MatMulNBits');
    expect(written.output).toEqual(['y']);
    expect(Number(written.attribute!.find(({ name }) => name === 'activation')?.i)).toBe(1);
    expect(operators(withOwnOperators(model(true)))).toEqual({
      'autoglm.MatMulNBits': 1,
      'com.microsoft.Gelu': 1,
      Neg: 1,
    });
  });

  test.each([false, true])(
    'for a gate and one for what it lets through become one; swapped: %s',
    (swapped) => {
      const own = withOwnOperators(gated({ swapped }));
      expect(operators(own)).toEqual({ Abs: 1, 'autoglm.GatedMatMulNBits': 1 });
      expect(node(own, 'GatedMatMulNBits')).toMatchObject({
        input: ['x', 'gate.codes', 'gate.scales', 'up.codes', 'up.scales'],
        output: ['y'],
      });
    },
  );

  test.each<[string, Parameters<typeof gated>[0]]>([
    ['is no SiLU', { alpha: 1.702 }],
    ['has another input', { upOf: 'other' }],
    ['has other sizes', { up: { attributes: { block_size: 64 } } }],
    ['has a bias', { gate: { tail: ['', '', 'other'] } }],
    ['leaves the graph', { output: 'gate' }],
    ['is read by another node', { reader: 'up' }],
    ['is read by another node as SiLU', { reader: 'silu' }],
  ])('for a gate that %s is one of its own', (_what, change) => {
    const { Neg: _reader, ...counts } = operators(withOwnOperators(gated(change)));
    expect(counts).toEqual({ Abs: 1, 'autoglm.MatMulNBits': 2, 'com.microsoft.QuickGelu': 1, Mul: 1 });
  });

  test('is read by the body of an If as by any node', () => {
    const model = graphOf((graph, product) => {
      product('x', 'gate');
      product('x', 'up');
      graph.node('Mul', [silu(graph, 'gate', 'silu'), 'up'], ['y']);
      const branch = (name: string) => {
        const body = new Graph(name);
        body.node('Neg', ['up'], [`${name}.read`]);
        body.output(`${name}.read`, 'float16', [1, 'T', 64]);
        return body;
      };
      graph.input('condition', 'float32', []);
      graph.node('If', ['condition'], ['read'], {
        attributes: { then_branch: branch('one'), else_branch: branch('other') },
      });
    });
    expect(operators(withOwnOperators(model))).toMatchObject({ 'autoglm.MatMulNBits': 2, If: 1, Mul: 1 });
  });

  test('keeps norms and attention as they are where only products are wanted', () => {
    const counts = operators(
      withOwnOperators(readFileSync(glm4vDecoder('float32')), 'float32', ['products']),
    );
    expect(counts).toMatchObject({
      'autoglm.MatMulNBits': 7,
      'com.microsoft.SkipSimplifiedLayerNormalization': 8,
      'com.microsoft.GroupQueryAttention': 2,
      Sub: 1,
    });
    expect(operators(withOwnOperators(readFileSync(glm4vDecoder('float32')), 'float32'))).not.toHaveProperty(
      'Sub',
    );
  });

  test('is not looked for in what is no ONNX file', () => {
    const model = graphOf((_graph, product) => product('x', 'y'));
    expect(() => withOwnOperators(model.subarray(0, model.length - 20))).toThrow(RangeError);
  });
});
