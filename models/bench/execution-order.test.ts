import { expect, test } from 'vitest';
import { executionOrder } from './execution-order';

const node = (name: string, input: string[], output = [name]) => ({ name, input, output });
const order = (nodes: Parameters<typeof executionOrder>[0]) => executionOrder(nodes).map(({ name }) => name);

// What ONNX Runtime's profile of such graphs shows (1.29, CPU).
test('keys and values that stand behind the appending before theirs are all made first', () => {
  const nodes = [0, 1, 2].flatMap((i) => [
    node(`k${i}`, ['x']),
    node(`v${i}`, ['x']),
    node(`append${i}`, [i ? `append${i - 1}` : 'x', `k${i}`, `v${i}`]),
  ]);
  expect(order(nodes)).toEqual(['v2', 'k2', 'v1', 'k1', 'v0', 'k0', 'append0', 'append1', 'append2']);
});

test('and one layer after the other where all appending stands last', () => {
  const layers = [0, 1, 2];
  const nodes = [
    ...layers.flatMap((i) => [node(`k${i}`, ['x']), node(`v${i}`, ['x'])]),
    ...layers.map((i) => node(`append${i}`, [i ? `append${i - 1}` : 'x', `k${i}`, `v${i}`])),
  ];
  expect(order(nodes)).toEqual(['v0', 'k0', 'append0', 'v1', 'k1', 'append1', 'v2', 'k2', 'append2']);
});

test('what nothing reads is reached from the end of the file', () => {
  expect(order([node('first', ['x']), node('second', ['x']), node('third', ['first'])])).toEqual([
    'first',
    'third',
    'second',
  ]);
});
