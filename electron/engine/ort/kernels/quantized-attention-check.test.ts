import { afterEach, describe, expect, test } from 'vitest';
import { append, attend, type Layer, QuantizedRows } from '../../testing/quantized-attention';
import type { Pointer } from '../ffi';
import { fromFloat16Bits, toFloat16Bits } from '../float16';
import type { AttentionShape } from '../quantized-cache-graph';
import { OperatorDevice } from './device';
import type { Argument, Launch, Module } from './modules';
import { tryQuantizedAttention } from './quantized-attention-check';

const PHONE: AttentionShape = { heads: 4, keyHeads: 4, size: 64, turned: 64, interleaved: false, scale: 0 };

/** A GPU whose memory is JavaScript's and whose three kernels are, too. */
class PretendedGpu {
  readonly held = new Map<Pointer, Uint8Array<ArrayBuffer>>();
  launched: string[] = [];
  /** What is wrong with it. */
  readonly fault: string | undefined;
  readonly #shape: AttentionShape;
  #next = 1n << 40n;
  #seen: { readonly first: number; readonly rows: Float64Array[] } = { first: 0, rows: [] };

  constructor(shape: AttentionShape, fault?: string) {
    this.#shape = shape;
    this.fault = fault;
  }

  readonly driver = {
    allocate: (bytes: number) => {
      this.#next += 1n << 32n;
      this.held.set(this.#next, new Uint8Array(new ArrayBuffer(bytes)));
      return this.#next;
    },
    free: (address: Pointer) => {
      if (!this.held.delete(address)) throw new Error('Freed twice.');
    },
    copyToDevice: (target: Pointer, { buffer }: ArrayBufferView) =>
      this.held.get(target)!.set(new Uint8Array(buffer as ArrayBuffer)),
    copyToHost: (target: ArrayBufferView, source: Pointer) =>
      new Uint8Array(target.buffer as ArrayBuffer).set(this.held.get(source)!.subarray(0, target.byteLength)),
  };

  device(): OperatorDevice {
    const kernel = (name: string) => ({
      launch: (_at: Launch, args: readonly Argument[]) => {
        this.launched.push(name);
        this.#run(name, args as bigint[]);
      },
    });
    return new OperatorDevice({
      driver: this.driver as never,
      device: 0,
      wrap: () => ({ value: 0n, release: () => {} }),
      onRefused: () => {},
      modules: {
        capability: 90,
        multiprocessors: 132,
        sharedBytes: 0,
        finish: () => {},
        load: async () => {
          if (this.fault === 'no compiler') throw new Error('NVRTC could not compile attention-int8.cu');
          return { kernel } as unknown as Module;
        },
      },
    });
  }

  #run(name: string, args: readonly bigint[]): void {
    const { heads, keyHeads, size } = this.#shape;
    const width = (heads + 2 * keyHeads) * size;
    if (name === 'append') {
      const [keys, values, k, v, last, cosine, sine] = args as [
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
        bigint,
      ];
      const [, capacity, , , tokens, stride] = args.slice(7).map(Number) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const layer = this.#layer(keys, values, capacity, cosine, sine);
      const first = this.#int(last) + 1 - tokens;
      for (let i = 0; i < tokens; i++) {
        const at = BigInt(2 * i * stride);
        append(
          layer,
          first + i,
          this.#halves(k + at, keyHeads * size),
          this.#halves(v + at, keyHeads * size),
        );
      }
      return;
    }
    if (name === 'merge_tokens') {
      const y = this.#at(args[0]!);
      const view = new DataView(y.buffer, y.byteOffset);
      for (const [i, row] of this.#seen.rows.entries())
        for (const [j, value] of row.entries())
          view.setUint16(2 * ((this.#seen.first + i) * row.length + j), toFloat16Bits(value), true);
      return;
    }
    const [, , qkv, keys, values, last, cosine, sine] = args as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    const numbers = args.slice(8);
    const [capacity, tokens, first] = [numbers[2], numbers.at(-2), numbers.at(-1)].map(Number) as [
      number,
      number,
      number,
    ];
    const layer = this.#layer(keys, values, capacity, cosine, sine);
    const start = this.#int(last) + 1 - tokens;
    const part = (i: number, from: number, count: number) =>
      this.#halves(qkv + BigInt(2 * (i * width + from * size)), count * size);
    if (tokens === 1 && this.fault !== 'forgets the token itself')
      append(layer, start, part(0, heads, keyHeads), part(0, heads + keyHeads, keyHeads));
    const seen = this.fault === 'sees the last row only' ? { ...layer, scale: 100 } : layer;
    // A token behind sees one row fewer where rows are counted from the wrong end.
    const off = this.fault === 'is a row off' && tokens > 1 ? 1 : 0;
    const rows = Array.from({ length: tokens - first }, (_, i) =>
      attend(seen, Math.max(0, start + first + i - off), part(first + i, 0, heads)),
    );
    if (this.fault === 'makes no numbers') rows[0]!.fill(Number.NaN);
    this.#seen = { first, rows };
  }

  #layer(keys: bigint, values: bigint, capacity: number, cosine: bigint, sine: bigint): Layer {
    const { keyHeads, size, turned } = this.#shape;
    const rows = (at: bigint) => new QuantizedRows(this.#at(at), [keyHeads, capacity, size]);
    const table = (at: bigint) => (turned > 0 ? this.#halves(at, (capacity * turned) / 2) : []);
    return {
      ...this.#shape,
      keys: rows(keys),
      values: rows(values),
      cosine: table(cosine),
      sine: table(sine),
    };
  }

  #at(address: Pointer): Uint8Array<ArrayBuffer> {
    for (const [start, bytes] of this.held)
      if (address >= start && address < start + BigInt(bytes.length))
        return bytes.subarray(Number(address - start));
    throw new Error(`Nothing is at ${address}.`);
  }

  #int(address: Pointer): number {
    const bytes = this.#at(address);
    return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  }

  #halves(address: Pointer, count: number): Float64Array {
    const bytes = this.#at(address);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return Float64Array.from({ length: count }, (_, i) => fromFloat16Bits(view.getUint16(2 * i, true)));
  }
}

let gpu: PretendedGpu;
afterEach(() => expect(gpu.held.size).toBe(0));

async function tried(shape: AttentionShape, fault?: string): Promise<string> {
  gpu = new PretendedGpu(shape, fault);
  const device = gpu.device();
  try {
    await tryQuantizedAttention({ device, driver: gpu.driver as never, ready: () => device.ready() }, shape);
    return 'taken';
  } catch (error) {
    return String(error);
  } finally {
    device.dispose();
  }
}

describe('kernels of a cache of 8 bits', () => {
  test.each<[string, AttentionShape]>([
    ['keys of their own', PHONE],
    ['a key for two, half of it turned in pairs', { ...PHONE, keyHeads: 2, turned: 32, interleaved: true }],
    ['nothing turned, a scale', { ...PHONE, turned: 0, scale: 0.1 }],
  ])('are taken where they do what a float16 cache does, nearly: %s', async (_what, shape) => {
    expect(await tried(shape)).toBe('taken');
    // Both ways of a single token, and of several; twice each, in one part and in more.
    expect(gpu.launched.filter((name) => name === 'append')).toHaveLength(3);
    expect(gpu.launched.filter((name) => name === 'attend_codes')).toHaveLength(6);
  });

  test.each([
    ['forgets the token itself', /apart from that over 16/],
    ['is a row off', /apart from that over 16, for a run of 19/],
    ['sees the last row only', /apart from that over 16/],
    ['makes no numbers', /NaN apart/],
    ['no compiler', /could not compile/],
  ])('are refused where one %s', async (fault, reason) => {
    expect(await tried(PHONE, fault)).toMatch(reason);
  });
});
