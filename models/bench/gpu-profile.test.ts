import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, expect, test } from 'vitest';
import { Graph } from '../builder/graph';
import { readProfile } from './gpu-profile';

const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('operators of a real profile, by the time they took', async () => {
  const graph = new Graph('sums');
  graph.input('x', 'float32', ['N', 64]);
  graph.node('MatMul', ['x', 'y'], ['z']);
  graph.input('y', 'float32', [64, 64]);
  graph.node('Sigmoid', ['z'], ['a']);
  graph.node('Sigmoid', ['a'], ['b']);
  graph.output('b', 'float32', ['N', 64]);
  const prefix = path.join(folder, 'real');
  const session = await InferenceSession.create(graph.serialize(), {
    enableProfiling: true,
    profileFilePrefix: prefix,
    graphOptimizationLevel: 'disabled',
  });
  const ones = (rows: number) => new Tensor('float32', new Float32Array(rows * 64).fill(1), [rows, 64]);
  for (let i = 0; i < 3; i++) await session.run({ x: ones(32), y: ones(64) });
  session.endProfiling();
  await session.release();
  const rows = readProfile(prefix);
  expect(rows.find(({ name }) => name === 'Sigmoid')).toMatchObject({ session: 0, kind: 'node', count: 6 });
  expect(rows.find(({ name }) => name === 'MatMul')).toMatchObject({ count: 3 });
});

test("a device's kernels are told apart from operators; sessions follow one another", () => {
  const events = [
    { cat: 'Kernel', name: 'gemv', dur: 1500, args: {} },
    { cat: 'Kernel', name: 'gemv', dur: 500 },
    { cat: 'Node', name: 'q_fence_before', dur: 9000, args: { op_name: 'MatMulNBits' } },
    { cat: 'Node', name: 'q_kernel_time', dur: 40, args: { op_name: 'MatMulNBits' } },
    { cat: 'Session', name: 'model_run', dur: 99_000 },
  ];
  writeFileSync(path.join(folder, 'made_1.json'), JSON.stringify(events));
  writeFileSync(path.join(folder, 'made_2.json'), JSON.stringify(events.slice(3)));
  expect(readProfile(path.join(folder, 'made'))).toEqual([
    { session: 0, kind: 'kernel', name: 'gemv', count: 2, ms: 2 },
    { session: 0, kind: 'node', name: 'MatMulNBits', count: 1, ms: 0.04 },
    { session: 1, kind: 'node', name: 'MatMulNBits', count: 1, ms: 0.04 },
  ]);
});
