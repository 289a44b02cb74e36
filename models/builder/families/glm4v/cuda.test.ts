import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { type ConvertOptions, convert } from '../../convert';
import { type CudaLayout, packForCuda } from '../../cuda-layout';
import { readManifest } from '../../verify';

const { onnx } = createRequire(import.meta.url)('onnx-proto') as typeof import('onnx-proto');

const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-glm4v-cuda-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function build(name: string, more: Partial<ConvertOptions> = {}): Promise<string> {
  const out = path.join(folder, name);
  await convert(
    { kind: 'random', config: 'glm4v-tiny', seed: 1 },
    {
      out,
      precision: 'int4',
      blockSize: 64,
      names: { id: name, name, license: 'Apache-2.0', source: 'random' },
      ...more,
    },
  );
  return out;
}

interface MatMul {
  readonly weight: string;
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly prepacked: number;
}

/** The quantized products of a graph and the codes they read. */
function products(out: string, file = 'decoder.fp16.onnx'): Map<string, MatMul> {
  const { graph } = onnx.ModelProto.decode(readFileSync(path.join(out, file)));
  const data = readFileSync(path.join(out, 'weights.data'));
  const codes = (name: string) => {
    const found = graph!.initializer!.find((tensor) => tensor.name === name)!;
    const place = Object.fromEntries(found.externalData!.map(({ key, value }) => [key, Number(value)]));
    return data.subarray(place.offset, place.offset! + place.length!);
  };
  const nodes = graph!.node!.filter(({ opType }) => opType === 'MatMulNBits');
  return new Map(
    nodes.map((node) => {
      const attribute = (name: string) => Number(node.attribute!.find((a) => a.name === name)?.i ?? 0);
      const weight = node.input![1]!;
      const [rows, columns] = [attribute('N'), attribute('K')];
      return [
        weight,
        { weight, bytes: codes(weight), rows, columns, prepacked: attribute('weight_prepacked') },
      ];
    }),
  );
}

/** What ONNX Runtime says against a graph over the package's weights; '' when it opens it. */
async function fault(out: string, graph: Uint8Array): Promise<string> {
  const file = path.join(out, 'probe.onnx');
  writeFileSync(file, graph);
  try {
    const options = {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'disabled',
      logSeverityLevel: 4,
    } as const;
    await (await InferenceSession.create(file, options)).release();
    return '';
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(file);
  }
}

describe('weights in the order of CUDA', () => {
  test.each([
    ['sm80', 1],
    ['sm90', 2],
  ] as const)('%s: the same codes, ordered, in a package for CUDA alone', async (layout, number) => {
    const plain = products(await build(`plain-${layout}`));
    const out = await build(layout, { cudaLayout: layout });
    const ordered = products(out);
    expect([...ordered.keys()]).toEqual([...plain.keys()]);
    let packed = 0;
    for (const [name, { bytes, rows, columns, prepacked }] of ordered) {
      const codes = plain.get(name)!.bytes;
      if (prepacked === 0) {
        expect(bytes).toEqual(codes);
        continue;
      }
      packed++;
      expect(prepacked).toBe(number);
      expect(Buffer.from(packForCuda(codes, rows, columns, 4, layout as CudaLayout)).equals(bytes)).toBe(
        true,
      );
    }
    // 544 tokens are no whole tiles, so the last projection stays as it is.
    expect(packed).toBe(ordered.size - 1);
    expect(ordered.get('lm_head.weight.codes')?.prepacked).toBe(0);
    const { graphs, architecture } = readManifest(out);
    expect(Object.keys(graphs)).toEqual(['cuda']);
    expect(architecture.weight_layout).toBe(layout);
    // The runtime knows the attribute: a graph with one that it does not know is refused.
    const graph = readFileSync(path.join(out, 'decoder.fp16.onnx'));
    expect(await fault(out, graph)).not.toMatch(/Unrecognized attribute/);
    const unknown = Buffer.from(
      graph.toString('latin1').replaceAll('weight_prepacked', 'weight_prepackex'),
      'latin1',
    );
    expect(await fault(out, unknown)).toMatch(/Unrecognized attribute: weight_prepackex/);
  });

  test('refused: what has no codes, and Hopper with small blocks', async () => {
    await expect(build('none', { cudaLayout: 'sm80', precision: 'fp16' })).rejects.toThrow(/fp16 has none/);
    await expect(build('none', { cudaLayout: 'sm90', blockSize: 32 })).rejects.toThrow(/--block 64/);
  });
});

describe('graphs over the weights of another package', () => {
  test('share the file', async () => {
    const first = await build('first');
    const second = await build('second', { weightsOf: first, cudaGraph: [] });
    const inode = (out: string) => statSync(path.join(out, 'weights.data')).ino;
    expect(inode(second)).toBe(inode(first));
    expect(readManifest(second).id).toBe('second');
    const count = (out: string) => products(out).size;
    // Gate and up apart: one product more a layer.
    expect(count(first) - count(second)).toBe(2);
  });

  test('refused over other weights', async () => {
    const first = await build('plain');
    const other = { weightsOf: first, cudaLayout: 'sm80' } as const;
    await expect(build('other', other)).rejects.toThrow(/holds other weights/);
    await expect(build('other', { weightsOf: first, precision: 'int8' })).rejects.toThrow(
      /holds other weights/,
    );
  });
});
