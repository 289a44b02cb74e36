import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { onnx } = createRequire(import.meta.url)('onnx-proto') as typeof import('onnx-proto');

/** Where a graph's tensors lie in `weights.data`: name to "offset, bytes". */
export function readGraph(file: string): Map<string, string> {
  const { graph } = onnx.ModelProto.decode(readFileSync(file));
  const places = new Map<string, string>();
  for (const { name, externalData } of graph?.initializer ?? []) {
    const value = (key: string) => externalData?.find((entry) => entry.key === key)?.value ?? '';
    if (name && externalData?.length) places.set(name, `${value('offset')}, ${value('length')}`);
  }
  return places;
}

/** Weights that share a scale, by the codes that a product or a lookup reads. */
export function blockSizes(file: string): Map<string, number> {
  const { graph } = onnx.ModelProto.decode(readFileSync(file));
  return new Map(
    (graph?.node ?? []).flatMap(({ opType, input, attribute }) => {
      const size = attribute?.find(({ name }) => name === 'block_size')?.i;
      const codes = input?.[opType === 'GatherBlockQuantized' ? 0 : 1];
      return size && codes ? [[codes, Number(size)] as const] : [];
    }),
  );
}
