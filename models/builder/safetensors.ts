import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { DTYPE_BYTES, type Dtype, toFloat32 } from './dtype';
import { ModelError } from './errors';
import type { TensorSource } from './source';

/*
 * The safetensors format (huggingface.co/docs/safetensors): 8 bytes little-endian header length, a JSON header that maps a name
 * to dtype, shape and [begin, end) byte offsets into what follows, then the data, row-major and little-endian.
 */

const EntrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const IndexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** The format's own limit. */
const MAX_HEADER_BYTES = 100_000_000;

interface Tensor {
  readonly file: number;
  readonly fileName: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
}

/** `model.safetensors`, or the shards that `model.safetensors.index.json` lists, read row by row. */
export class SafetensorsSource implements TensorSource {
  private readonly tensors = new Map<string, Tensor>();
  private readonly files: number[] = [];

  constructor(folder: string) {
    try {
      const indexPath = path.join(folder, 'model.safetensors.index.json');
      if (existsSync(indexPath)) this.openShards(folder, indexPath);
      else this.openFile(folder, 'model.safetensors');
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get names(): readonly string[] {
    return [...this.tensors.keys()];
  }

  shape(name: string): readonly number[] {
    return this.tensor(name).shape;
  }

  rows(name: string, start: number, count: number): Float32Array {
    const tensor = this.tensor(name);
    const columns = tensor.shape.slice(1).reduce((a, b) => a * b, 1);
    const rowBytes = columns * DTYPE_BYTES[tensor.dtype];
    const bytes = new Uint8Array(count * rowBytes);
    readExactly(tensor.file, bytes, tensor.offset + start * rowBytes, `${tensor.fileName}, tensor ${name}`);
    return toFloat32(bytes, tensor.dtype);
  }

  close(): void {
    for (const file of this.files.splice(0)) closeSync(file);
  }

  private tensor(name: string): Tensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new RangeError(`no tensor ${name}`);
    return tensor;
  }

  private openShards(folder: string, indexPath: string): void {
    const parsed = IndexSchema.safeParse(parseJson(readFileSync(indexPath, 'utf8'), indexPath, indexPath));
    if (!parsed.success)
      throw new ModelError(`${indexPath} has no weight_map that names a file for each tensor.`, {
        kind: 'checkpoint-description',
        file: indexPath,
      });
    const map = Object.entries(parsed.data.weight_map);
    for (const shard of new Set(map.map(([, file]) => file))) {
      if (path.basename(shard) !== shard)
        throw new ModelError(`${indexPath} names a file outside its folder: ${shard}`, {
          kind: 'checkpoint-description',
          file: indexPath,
        });
      this.openFile(folder, shard);
    }
    for (const [name, shard] of map) {
      const found = this.tensors.get(name);
      if (found?.fileName !== shard) {
        throw new ModelError(
          `Tensor ${name} is missing from ${shard}, where model.safetensors.index.json says it is.`,
          { kind: 'tensor-missing', tensor: name, file: shard },
        );
      }
    }
  }

  private openFile(folder: string, fileName: string): void {
    const filePath = path.join(folder, fileName);
    if (!existsSync(filePath)) {
      throw new ModelError(`${filePath} does not exist.`, {
        kind: 'checkpoint-file-missing',
        file: filePath,
      });
    }
    const file = openSync(filePath, 'r');
    this.files.push(file);
    const size = fstatSync(file).size;
    const lengthBytes = Buffer.alloc(8);
    readExactly(file, lengthBytes, 0, fileName);
    const headerLength = Number(lengthBytes.readBigUInt64LE());
    if (headerLength > MAX_HEADER_BYTES || 8 + headerLength > size) {
      throw new ModelError(
        `${fileName} is no safetensors file, or is truncated: its header would be ${headerLength} bytes of the file's ${size}.`,
        { kind: 'checkpoint-file-damaged', file: fileName },
      );
    }
    const headerBytes = Buffer.alloc(headerLength);
    readExactly(file, headerBytes, 8, fileName);
    const header = parseJson(headerBytes.toString('utf8'), `The header of ${fileName}`, fileName);
    if (typeof header !== 'object' || header === null)
      throw new ModelError(`The header of ${fileName} is no object.`, {
        kind: 'checkpoint-file-damaged',
        file: fileName,
      });
    const faults: string[] = [];
    for (const [name, value] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      const fault = this.addTensor(name, value, file, fileName, 8 + headerLength, size);
      if (fault) faults.push(fault);
    }
    if (faults.length > 0) {
      throw new ModelError(faults.slice(0, 10).join('\n'), {
        kind: 'checkpoint-file-damaged',
        file: fileName,
      });
    }
  }

  /** Returns the sentence that says what is wrong with the entry, if anything is. */
  private addTensor(
    name: string,
    value: unknown,
    file: number,
    fileName: string,
    dataStart: number,
    fileSize: number,
  ): string | undefined {
    const parsed = EntrySchema.safeParse(value);
    if (!parsed.success) return `Tensor ${name}: its entry in the header of ${fileName} is malformed.`;
    const { dtype, shape, data_offsets } = parsed.data;
    if (!isDtype(dtype)) {
      return `Tensor ${name} has dtype ${dtype}; the builder reads ${Object.keys(DTYPE_BYTES).join(', ')}.`;
    }
    const expected = shape.reduce((a, b) => a * b, 1) * DTYPE_BYTES[dtype];
    const [begin, end] = data_offsets;
    if (end - begin !== expected) {
      return `Tensor ${name} has ${end - begin} bytes in ${fileName}; its shape [${shape.join(', ')}] and dtype ${dtype} need ${expected}.`;
    }
    if (dataStart + end > fileSize) {
      return `Tensor ${name} is truncated: it ends at byte ${dataStart + end}, ${fileName} at byte ${fileSize}.`;
    }
    if (this.tensors.has(name)) return `Tensor ${name} is in more than one file, ${fileName} among them.`;
    this.tensors.set(name, { file, fileName, dtype, shape, offset: dataStart + begin });
    return undefined;
  }
}

const isDtype = (dtype: string): dtype is Dtype => dtype in DTYPE_BYTES;

function parseJson(text: string, what: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${what} is not valid JSON: ${(error as Error).message}`, {
      kind: 'checkpoint-file-damaged',
      file,
    });
  }
}

export function readExactly(file: number, into: Uint8Array, position: number, what: string): void {
  let done = 0;
  while (done < into.length) {
    // One call reads at most 2 GiB.
    const length = Math.min(into.length - done, 1 << 30);
    const n = readSync(file, into, done, length, position + done);
    if (n === 0) {
      throw new ModelError(`${what}: the file ends ${into.length - done} bytes too early.`, {
        kind: 'checkpoint-file-damaged',
        file: what,
      });
    }
    done += n;
  }
}
