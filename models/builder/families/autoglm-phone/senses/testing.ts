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
