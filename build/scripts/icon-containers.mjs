/** The containers of Windows (ICO) and macOS (ICNS), which sharp does not write. */
import sharp from 'sharp';

/** @typedef {{ size: number, png: Buffer }} Picture */

/**
 * ICO: a directory of 16-byte entries, then the pictures. Windows has read PNG in it since Vista.
 * @param {readonly Picture[]} pictures up to 256 px
 */
export function ico(pictures) {
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2); // an icon, not a cursor
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  for (const [index, { size, png }] of pictures.entries()) {
    const entry = 6 + 16 * index;
    header.writeUInt8(size % 256, entry); // 0 stands for 256
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4); // planes
    header.writeUInt16LE(32, entry + 6); // bits a pixel
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...pictures.map(({ png }) => png)]);
}

/** Each type's edge in pixels; 32 and more appear twice, as themselves and as the double of the half. */
const ICNS_TYPES = {
  ic04: 16,
  ic05: 32,
  ic07: 128,
  ic08: 256,
  ic09: 512,
  ic10: 1024,
  ic11: 32,
  ic12: 64,
  ic13: 256,
  ic14: 512,
};

/**
 * ICNS: chunks of a four-letter type, their length and a picture. The two smallest are not PNG but run-length encoded planes:
 * several releases of macOS show a PNG of those sizes as noise.
 * @param {readonly Picture[]} pictures of every size in ICNS_TYPES
 */
export async function icns(pictures) {
  const chunks = [];
  for (const [type, size] of Object.entries(ICNS_TYPES)) {
    const picture = pictures.find((candidate) => candidate.size === size);
    if (!picture) throw new Error(`An ICNS needs a picture of ${size} px.`);
    chunks.push(chunk(type, type === 'ic04' || type === 'ic05' ? await planes(picture.png) : picture.png));
  }
  return chunk('icns', Buffer.concat(chunks));
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const header = Buffer.alloc(8);
  header.write(type, 'latin1');
  header.writeUInt32BE(8 + data.length, 4);
  return Buffer.concat([header, data]);
}

/**
 * "ARGB", then the four planes in that order.
 * @param {Buffer} png
 */
async function planes(png) {
  const { data } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const encoded = [3, 0, 1, 2].map((channel) => runLengths(data.filter((_, index) => index % 4 === channel)));
  return Buffer.concat([Buffer.from('ARGB', 'latin1'), ...encoded]);
}

/**
 * Apple's variant of PackBits: a head below 128 is followed by head + 1 bytes as they are, any other by one byte to repeat
 * head - 125 times, 3 to 130.
 * @param {Uint8Array} bytes
 */
export function runLengths(bytes) {
  const out = [];
  /** @type {number[]} */
  let literal = [];
  const flush = () => {
    if (literal.length > 0) out.push(literal.length - 1, ...literal);
    literal = [];
  };
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    let run = 1;
    while (run < 130 && bytes[at + run] === byte) run++;
    if (run >= 3) {
      flush();
      out.push(run + 125, byte);
      at += run;
    } else {
      literal.push(byte);
      at += 1;
      if (literal.length === 128) flush();
    }
  }
  flush();
  return Buffer.from(out);
}
