import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_IMAGE_PIXELS } from '../../contract/media';

export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** RGB, top row first. */
  readonly pixels: Uint8Array;
}

/** Why a BMP cannot be read. */
export class BmpError extends Error {
  readonly reason: 'damaged' | 'unsupported' | 'too-many-pixels';

  constructor(reason: BmpError['reason']) {
    super(`BMP: ${reason}`);
    this.reason = reason;
  }
}

/** A hundred megapixels take seconds: answers that are being written go on in between. */
const BUSY_MS = 10;

const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;

/** Windows' bitmaps, which sharp's libraries leave out: 1, 4, 8, 16, 24 and 32 bits a pixel, not run-length encoded. */
export async function readBmp(bytes: Uint8Array): Promise<Bitmap> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 54) throw new BmpError('damaged');
  const offset = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  const width = view.getInt32(18, true);
  // A negative height says that the top row comes first.
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (width <= 0 || height === 0) throw new BmpError('damaged');
  if (width * height > MAX_IMAGE_PIXELS) throw new BmpError('too-many-pixels');
  if (compression !== UNCOMPRESSED && compression !== BIT_FIELDS) throw new BmpError('unsupported');
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new BmpError('unsupported');
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (offset + stride * height > bytes.length) throw new BmpError('damaged');

  const color = bits <= 8 ? paletteReader(bytes, 14 + headerSize) : channelReader(view, bits, compression);
  const pixels = new Uint8Array(width * height * 3);
  let free = performance.now();
  for (let y = 0; y < height; y++) {
    if (performance.now() - free > BUSY_MS) {
      await nextTurn();
      free = performance.now();
    }
    const row = offset + stride * (signedHeight < 0 ? y : height - 1 - y);
    for (let x = 0; x < width; x++) {
      const value =
        bits <= 8
          ? ((bytes[row + ((x * bits) >> 3)] ?? 0) >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1)
          : row + ((x * bits) >> 3);
      color(value, pixels, (y * width + x) * 3);
    }
  }
  return { width, height, pixels };
}

/** Writes the colour of `value` (an index, or where the pixel lies) at `to`. */
type ColorReader = (value: number, pixels: Uint8Array, to: number) => void;

function paletteReader(bytes: Uint8Array, palette: number): ColorReader {
  return (index, pixels, to) => {
    for (let channel = 0; channel < 3; channel++)
      pixels[to + channel] = bytes[palette + index * 4 + 2 - channel] ?? 0;
  };
}

function channelReader(view: DataView, bits: number, compression: number): ColorReader {
  if (bits === 24) {
    return (at, pixels, to) => {
      for (let channel = 0; channel < 3; channel++) pixels[to + channel] = view.getUint8(at + 2 - channel);
    };
  }
  const masks =
    compression === BIT_FIELDS
      ? [54, 58, 62].map((at) => (at + 4 <= view.byteLength ? view.getUint32(at, true) : 0))
      : bits === 16
        ? [0x7c00, 0x03e0, 0x001f]
        : [0xff0000, 0x00ff00, 0x0000ff];
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, scale: mask === 0 ? 0 : 255 / (mask >>> shift) };
  });
  return (at, pixels, to) => {
    const value = bits === 16 ? view.getUint16(at, true) : view.getUint32(at, true);
    channels.forEach(({ mask, shift, scale }, channel) => {
      pixels[to + channel] = Math.round(((value & mask) >>> shift) * scale);
    });
  };
}
