import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Graph } from '../../../models/builder/graph';
import { CpuBackend } from './cpu-backend';
import { listGpus } from './graphics';
import { readFields, writeFields } from './onnx-wire';
import { findWebGpuAdapter, hideSoftwareAdapters, memoryOfAdapter } from './webgpu-adapter';
import { attentionProbe, withoutFusedAttention } from './webgpu-attention';

/** What needs no WebGPU; the provider itself: families/webgpu.test.ts. */

const folder = mkdtempSync(join(tmpdir(), 'autoglm-attention-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the adapter', () => {
  const software = { name: 'llvmpipe', kind: 'software' } as const;
  const small = { name: 'Intel Iris Xe', kind: 'integrated' } as const;
  const card = { name: 'AMD Radeon RX 7800 XT', kind: 'discrete' } as const;

  test('is the card before what the processor has built in, and either before software', () => {
    expect(findWebGpuAdapter(true, [software, small, card])).toBe(card);
    expect(findWebGpuAdapter(true, [software, small])).toBe(small);
    expect(findWebGpuAdapter(true, [software])).toBe(software);
  });

  test('is never software unless asked for', () => {
    expect(() => findWebGpuAdapter(false, [software])).toThrow(
      /only llvmpipe, which computes on the processor/,
    );
    expect(() => findWebGpuAdapter(true, [])).toThrow(/finds no graphics card here/);
    expect(findWebGpuAdapter(false, [software, card])).toBe(card);
    const env = {};
    hideSoftwareAdapters(env);
    expect(env).toEqual({ VK_LOADER_DRIVERS_DISABLE: '*lvp*,*swiftshader*' });
  });

  test('has the memory that its driver counts, else all of it, else that of the machine', () => {
    const memory = (budget: { freeBytes: number; usedBytes: number } | null) => () => ({
      totalBytes: 8e9,
      budget,
    });
    const counted = memoryOfAdapter({ ...card, memory: memory({ freeBytes: 5e9, usedBytes: 1e9 }) });
    expect(counted).toEqual({ freeBytes: 5e9, usedBytes: 1e9 });
    expect(memoryOfAdapter({ ...card, memory: memory(null) }).freeBytes).toBe(8e9);
    expect(memoryOfAdapter({ ...software, memory: memory(null) }).freeBytes).not.toBe(8e9);
  });
});

describe('attention without the fused operator', () => {
  const backend = new CpuBackend(1);
  afterAll(() => backend.dispose());

  async function run(
    model: Uint8Array,
    name: string,
    inputs: Record<string, readonly [readonly number[], Float32Array]>,
  ) {
    const path = join(folder, name);
    writeFileSync(path, model);
    const session = await backend.open(path);
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([key, [shape, values]]) => {
        const tensor = backend.buffer('float32', shape);
        tensor.data.set(values);
        return [key, tensor];
      }),
    );
    const y = backend.buffer('float32', inputs.q![0]);
    session.bind(tensors, { y }).run();
    session.dispose();
    return y.data;
  }

  test('gives what the operator gives, and the probe knows both from a wrong result', async () => {
    const probe = attentionProbe();
    const inputs = Object.fromEntries(
      Object.entries(probe.inputs).map(([name, values]) => [name, [probe.shape, values] as const]),
    );
    const rewritten = withoutFusedAttention(probe.model);
    const text = new TextDecoder('latin1').decode(rewritten);
    expect(text).toContain('Softmax');
    expect(text).not.toContain('MultiHeadAttention');
    for (const [name, model] of Object.entries({ fused: probe.model, rewritten })) {
      const y = await run(model, name, inputs);
      expect(probe.passes(y)).toBe(true);
      y[7]! += 0.01;
      expect(probe.passes(y)).toBe(false);
    }
  });

  test('takes keys by head as well, a scale, and bodies of other nodes', async () => {
    const shape = [1, 40, 32];
    const graph = new Graph('test');
    for (const name of ['q', 'k', 'v']) graph.input(name, 'float32', name === 'q' ? shape : [1, 2, 40, 16]);
    graph.output('y', 'float32', shape);
    const branch = (name: string, scale: number) => {
      const body = new Graph(name);
      body.node('MultiHeadAttention', ['q', 'k', 'v'], [`${name}.y`], {
        domain: 'com.microsoft',
        attributes: { num_heads: 2, scale: { float: scale } },
      });
      body.output(`${name}.y`, 'float32', shape);
      return body;
    };
    graph.node('ReduceSum', ['q'], ['sum'], { attributes: { keepdims: 0 } });
    graph.node('Greater', ['sum', graph.constant('zero', 'float32', [], [0])], ['positive']);
    graph.node('If', ['positive'], ['y'], {
      attributes: { then_branch: branch('one', 0.5), else_branch: branch('other', 2) },
    });
    const values = (seed: number) => Float32Array.from({ length: 1280 }, (_, i) => Math.sin(i * 1.7 + seed));
    const inputs = {
      q: [shape, values(1)],
      k: [[1, 2, 40, 16], values(2)],
      v: [[1, 2, 40, 16], values(3)],
    } as const;
    const rewritten = withoutFusedAttention(graph.serialize());
    expect(new TextDecoder('latin1').decode(rewritten)).not.toContain('MultiHeadAttention');
    const expected = await run(graph.serialize(), 'nested', inputs);
    const spelled = await run(rewritten, 'nested-rewritten', inputs);
    for (const [i, value] of spelled.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });

  test('files of models stand as they were where nothing is to be changed', () => {
    const nano = readFileSync(join(import.meta.dirname, '../../../models/nano/decoder.fp32.onnx'));
    expect(Buffer.from(writeFields(readFields(nano))).equals(nano)).toBe(true);
    expect(Buffer.from(withoutFusedAttention(nano)).equals(nano)).toBe(true);
    expect(() => readFields(nano.subarray(0, 1000))).toThrow(RangeError);
  });
});

test("NVIDIA's GPUs come with what NVML counts, by the name of their bus", () => {
  const driver = {
    deviceCount: 2,
    describe: (id: number) => ({ name: `RTX ${id}`, totalBytes: 24e9, busId: `0000:0${id}:00.0` }),
  };
  const nvml = { freeBytes: (bus: string) => (bus === '0000:01:00.0' ? 20e9 : null) };
  expect(listGpus(driver, nvml)).toEqual([
    { id: 0, name: 'RTX 0', totalBytes: 24e9, freeBytes: null },
    { id: 1, name: 'RTX 1', totalBytes: 24e9, freeBytes: 20e9 },
  ]);
  expect(listGpus(driver, null).map(({ freeBytes }) => freeBytes)).toEqual([null, null]);
});
