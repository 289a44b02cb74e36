import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { Graph } from './graph';
import { argMax, divisorNear } from './next-tokens';

async function twoStage(size: number) {
  const graph = new Graph('argmax');
  graph.input('logits', 'float32', [1, size]);
  graph.output('next_token', 'int64', [1, 1]);
  argMax(graph, 'logits', size, 'next_token');
  const session = await InferenceSession.create(graph.serialize());
  return async (logits: Float32Array) => {
    const { next_token } = await session.run({ logits: new Tensor('float32', logits, [1, size]) });
    expect(next_token!.dims).toEqual([1, 1]);
    return Number((next_token!.data as BigInt64Array)[0]);
  };
}

describe('two-stage ArgMax equals a plain one', () => {
  test.each([1, 7, 97, 300, 512, 12288, 12289, 151552])('%i logits', async (size) => {
    const run = await twoStage(size);
    const logits = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898) * 20 - 30);
    expect(await run(logits)).toBe(logits.indexOf(logits.reduce((a, b) => Math.max(a, b))));
    for (const place of [0, size - 1, Math.floor(size / 2)]) {
      logits.fill(-5);
      logits[place] = 3;
      expect(await run(logits)).toBe(place);
      // Of equals the first.
      logits[size - 1] = 3;
      expect(await run(logits)).toBe(place);
    }
  });
});

test('groups are as near to 256 wide as the size allows', () => {
  expect([151552, 12288, 512, 97, 300].map((size) => divisorNear(size, 256))).toEqual([
    256, 256, 256, 97, 300,
  ]);
});
