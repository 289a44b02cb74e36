import { writeFileSync } from 'node:fs';
import { type Config, presets } from './families/autoglm-phone/config';
import { RandomSource } from './families/autoglm-phone/random-source';

/** Helpers of the tests: small checkpoints, whole or spoiled. */

export const tinyConfig: Config = presets.tiny!;

export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A whole float32 checkpoint of `config` with random weights. */
export function randomTensors(config: Config): Map<string, RawTensor> {
  const source = new RandomSource(config);
  return new Map(
    source.names.map((name) => {
      const shape = source.shape(name);
      const values = source.rows(name, 0, shape[0]!).slice();
      return [name, { dtype: 'F32', shape, data: new Uint8Array(values.buffer) }];
    }),
  );
}

/** Writes the safetensors format; `cut` drops so many bytes off the end. */
export function writeSafetensors(path: string, tensors: ReadonlyMap<string, RawTensor>, cut = 0): void {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.length] };
    offset += data.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const whole = Buffer.concat([length, text, ...[...tensors.values()].map((t) => t.data)]);
  writeFileSync(path, whole.subarray(0, whole.length - cut));
}
