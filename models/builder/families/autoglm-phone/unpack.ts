import { closeSync, copyFileSync, fstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fromFloat16Bits } from '../../../../electron/engine/ort/float16';
import { toFloat16Array } from '../../dtype';
import { ModelError } from '../../errors';
import { WEIGHTS_FILE } from '../../graph';
import { type Bits, BLOCK_SIZES } from '../../quantize';
import { readExactly } from '../../safetensors';
import type { TensorSource } from '../../source';
import { PRECISIONS, type Precision } from '../../store';
import { readManifest } from '../../verify';
import { WeightsPlan, type WeightsTask } from '../../weights';
import { type Config, ConfigSchema, tensorShapes } from './config';
import { storeModel } from './store';

/**
 * Writes a package's weights back as the checkpoint that training goes on from: `model.safetensors`, `config.json` and `tokenizer.json` of
 * `models/train/export.py`. Matrices are float16, everything else float32. Quantized again with the same block, an INT4 package has the same
 * codes and scales.
 *
 * @throws ModelError where the package is of another family, or its weights are not laid out as this builder does it.
 */
export function unpackPackage(folder: string, out: string): void {
  const manifest = readManifest(folder);
  if (manifest.family !== 'autoglm-phone') {
    throw new ModelError(`${folder} is of the family ${manifest.family}; only autoglm-phone is unpacked.`);
  }
  const config = ConfigSchema.parse(manifest.architecture);
  const file = openSync(path.join(folder, WEIGHTS_FILE), 'r');
  try {
    const plan = planOf(config, manifest.precision, fstatSync(file).size);
    if (!plan) throw new ModelError(`${folder}/${WEIGHTS_FILE} is not laid out as this version does it.`);
    mkdirSync(out, { recursive: true });
    writeCheckpoint(path.join(out, 'model.safetensors'), tensorShapes(config), readTensors(plan, file));
  } finally {
    closeSync(file);
  }
  writeFileSync(path.join(out, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  copyFileSync(path.join(folder, manifest.tokenizer), path.join(out, 'tokenizer.json'));
}

/** The plan that made a file of so many bytes: a manifest does not say in what blocks. */
function planOf(config: Config, precision: string, bytes: number): WeightsPlan | undefined {
  const known = PRECISIONS.find((one) => one === precision);
  return (
    known && BLOCK_SIZES.map((block) => planIn(config, known, block)).find((plan) => plan.bytes === bytes)
  );
}

function planIn(config: Config, precision: Precision, blockSize: (typeof BLOCK_SIZES)[number]): WeightsPlan {
  const plan = new WeightsPlan();
  storeModel(new Shapes(tensorShapes(config)), config, plan, { precision, blockSize });
  return plan;
}

/** What a plan asks of a checkpoint while nothing is read. */
class Shapes implements TensorSource {
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  constructor(shapes: ReadonlyMap<string, readonly number[]>) {
    this.#shapes = shapes;
  }

  get names(): readonly string[] {
    return [...this.#shapes.keys()];
  }

  shape(name: string): readonly number[] {
    return this.#shapes.get(name)!;
  }

  rows(name: string): never {
    throw new RangeError(`${name} is not read here`);
  }

  close(): void {}
}

/** Values of every tensor, the pieces of one in the order of its rows. */
function readTensors(plan: WeightsPlan, file: number): ReadonlyMap<string, readonly Float32Array[]> {
  const tensors = new Map<string, Float32Array[]>();
  for (const task of plan.tasks) {
    const parts = task.ranges.map(({ offset, bytes }) => {
      const part = new Uint8Array(bytes);
      readExactly(file, part, offset, WEIGHTS_FILE);
      return part;
    });
    tensors.set(task.name, [...(tensors.get(task.name) ?? []), valuesOf(task, parts)]);
  }
  return tensors;
}

/** A task's values, from codes and scales where it writes both. */
function valuesOf({ weights }: WeightsTask, [first, scales]: readonly Uint8Array[]): Float32Array {
  if (scales)
    return dequantize(first!, new Uint16Array(scales.buffer), ((first!.length * 8) / weights) as Bits);
  if (first!.length !== 2 * weights) return new Float32Array(first!.buffer);
  return Float32Array.from(new Uint16Array(first!.buffer), fromFloat16Bits);
}

/** The inverse of `quantize`: (code - zero) * scale of its block. */
function dequantize(codes: Uint8Array, scales: Uint16Array, bits: Bits): Float32Array {
  const zero = 1 << (bits - 1);
  const values = new Float32Array((codes.length * 8) / bits);
  const block = values.length / scales.length;
  for (let i = 0; i < values.length; i++) {
    const code = bits === 8 ? codes[i]! : (codes[i >> 1]! >> (4 * (i & 1))) & 15;
    values[i] = (code - zero) * fromFloat16Bits(scales[Math.floor(i / block)]!);
  }
  return values;
}

/** Writes float16 matrices and float32 tensors of other ranks. The format: `safetensors.ts`. */
function writeCheckpoint(
  file: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  tensors: ReadonlyMap<string, readonly Float32Array[]>,
): void {
  const header: Record<string, object> = {};
  const data: Buffer[] = [];
  let end = 0;
  for (const [name, shape] of shapes) {
    const isMatrix = shape.length === 2;
    const begin = end;
    for (const values of tensors.get(name)!) {
      const stored = isMatrix ? toFloat16Array(values, name) : values;
      data.push(Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength));
      end += stored.byteLength;
    }
    header[name] = { dtype: isMatrix ? 'F16' : 'F32', shape, data_offsets: [begin, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writeFileSync(file, Buffer.concat([length, padded, ...data]));
}
