import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { fittingSize, toPatches } from '../../../../electron/engine/families/glm4v/image';
import { type Pixels, resizeMatrix } from '../../../../electron/engine/media/resample';
import { Graph } from '../../graph';
import { patchesOf } from './pixels';

const settings = { patchSize: 14, minPixels: 112 * 112, maxPixels: 28 * 28 * 150 };

function picture(width: number, height: number): Pixels {
  // Hard edges, which a bicubic filter overshoots, and noise.
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const column = Math.floor(i / 3) % width;
    return column % 9 < 4 ? (i % 2) * 255 : Math.imul(i + 1, 0x9e3779b1) >>> 24;
  });
  return { width, height, data };
}

test.each([
  [200, 150, 'enlarged'],
  [113, 170, 'enlarged, tall'],
  [700, 500, 'made smaller'],
  [168, 112, 'as it is'],
])('%i x %i, %s: the patches of the processor, bit by bit', async (width, height) => {
  const image = picture(width, height);
  const expected = toPatches(image, settings);
  const graph = new Graph('pixels');
  patchesOf(graph, settings.patchSize, 'float32', 'patches');
  graph.output('patches', 'float32', ['P', 3 * settings.patchSize ** 2]);
  const session = await InferenceSession.create(graph.serialize(), { executionProviders: ['cpu'] });
  const [fittedHeight, fittedWidth] = fittingSize(height, width, settings);
  const filter = (from: number, to: number) =>
    new Tensor('float32', resizeMatrix(from, to, new Float32Array(to * from)), [to, from]);
  const { patches } = await session.run({
    pixels: new Tensor('uint8', image.data, [height, width, 3]),
    column_filter: filter(width, fittedWidth),
    row_filter: filter(height, fittedHeight),
  });
  await session.release();
  const values = patches!.data as Float32Array;
  expect(values.length).toBe(expected.values.length);
  let largest = 0;
  for (let i = 0; i < values.length; i++)
    largest = Math.max(largest, Math.abs(values[i]! - expected.values[i]!));
  // A level is worth 0.0146 at least; what is left is rounding of the normalising.
  expect(largest).toBeLessThan(2e-6);
});
