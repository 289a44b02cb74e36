/**
 * Makes every icon from build/icons/icon.svg: `node build/scripts/icons.mjs`. The results are committed, so only a change of the
 * drawing needs this. Below 48 px the drawing's strokes would fall between pixels; there the mark is drawn on whole ones.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { readArguments } from './arguments.mjs';
import { icns, ico } from './icon-containers.mjs';
import { root } from './setup.mjs';

readArguments('node build/scripts/icons.mjs   every icon anew from build/icons/icon.svg', {});

const folder = join(root, 'build', 'icons');
const drawing = await readFile(join(folder, 'icon.svg'));

const GROUND = '#0b7a5e';

/**
 * The mark on whole pixels: the thickness of lines, the gap between them, the width of the inner arch and the length of the legs.
 * Wide inner arches are hollow, as in the drawing; narrow ones are filled.
 * @type {Record<number, { line: number, gap: number, door: number, legs: number }>}
 */
const FITTED = {
  16: { line: 2, gap: 1, door: 4, legs: 4 },
  20: { line: 2, gap: 2, door: 4, legs: 4 },
  24: { line: 2, gap: 2, door: 6, legs: 5 },
  32: { line: 3, gap: 2, door: 10, legs: 7 },
  40: { line: 3, gap: 3, door: 12, legs: 8 },
};

/** Trays give the mark alone, so it may fill more of the canvas. */
const FITTED_ALONE = {
  16: { line: 2, gap: 2, door: 4, legs: 4 },
  32: { line: 3, gap: 3, door: 12, legs: 8 },
};

/**
 * @param {number} size
 * @param {{ line: number, gap: number, door: number, legs: number }} fit
 * @param {string} color
 * @returns {string} SVG elements
 */
function fittedMark(size, { line, gap, door, legs }, color) {
  const width = door + 2 * (gap + line);
  const left = (size - width) / 2;
  const top = Math.floor((size - (width / 2 + legs + gap + line)) / 2);
  const feet = top + width / 2 + legs;
  /** @param {number} inset from the outer arch's outside */
  const arch = (inset) => {
    const radius = width / 2 - inset;
    return `M${left + inset} ${feet}V${top + width / 2}a${radius} ${radius} 0 0 1 ${2 * radius} 0V${feet}Z`;
  };
  const hollow = door >= 8 ? arch(2 * line + gap) : '';
  return `<path fill="${color}" fill-rule="evenodd" d="${arch(0)}${arch(line)}${arch(line + gap)}${hollow}"/>
    <rect x="${left}" y="${feet + gap}" width="${width}" height="${line}" fill="${color}"/>`;
}

/**
 * @param {number} size
 * @param {string} body
 */
function svg(size, body) {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}">${body}</svg>`,
  );
}

/**
 * The icon of Windows, Linux and the window, which fills its square.
 * @param {number} size
 */
function icon(size) {
  const fit = FITTED[size];
  if (!fit) return render(drawing, size);
  const ground = `<rect width="${size}" height="${size}" rx="${size * 0.22}" fill="${GROUND}"/>`;
  return png(sharp(svg(size, ground + fittedMark(size, fit, '#fff'))));
}

/**
 * The icon of macOS: 824 of 1024 points wide with a soft shadow, as all others in the Dock are; almost full at 16 and 32 px.
 * @param {number} size
 */
async function macIcon(size) {
  const fit = FITTED[size];
  if (fit) {
    const margin = size / 16;
    const side = size - 2 * margin;
    const ground = `<rect x="${margin}" y="${margin}" width="${side}" height="${side}" rx="${side * 0.22}" fill="${GROUND}"/>`;
    return png(sharp(svg(size, ground + fittedMark(size, fit, '#fff'))));
  }
  const side = Math.round((size * 824) / 1024 / 2) * 2;
  const left = (size - side) / 2;
  const drop = Math.round((size * 10) / 1024);
  const blur = Math.max(0.3, (size * 12) / 1024);
  const shadow = await sharp(
    svg(
      size,
      `<rect x="${left}" y="${left + drop}" width="${side}" height="${side}" rx="${side * 0.2246}" fill-opacity=".3"/>`,
    ),
  )
    .blur(blur)
    .png()
    .toBuffer();
  return png(sharp(shadow).composite([{ input: await render(drawing, side), left, top: left }]));
}

/**
 * @param {Buffer} source an SVG of 1024 px
 * @param {number} size
 */
function render(source, size) {
  // Drawn at twice the size and reduced: librsvg's own edges are coarser than Lanczos.
  return png(sharp(source, { density: (72 * 2 * size) / 1024 }).resize(size, size));
}

/** @param {import('sharp').Sharp} image */
function png(image) {
  return image.png({ compressionLevel: 9, adaptiveFiltering: true }).toBuffer();
}

/**
 * @template T
 * @param {readonly number[]} sizes
 * @param {(size: number) => Promise<T>} make
 */
function each(sizes, make) {
  return Promise.all(sizes.map(async (size) => ({ size, png: await make(size) })));
}

await mkdir(join(folder, 'png'), { recursive: true });

/** @type {[string, Buffer][]} */
const files = [['icon.png', await icon(1024)]];
// electron-builder reads the sizes from these names and installs each in the hicolor theme.
for (const { size, png } of await each([16, 24, 32, 48, 64, 128, 256, 512], icon)) {
  files.push([`png/${size}x${size}.png`, png]);
}
files.push(['icon.ico', ico(await each([16, 20, 24, 32, 40, 48, 64, 128, 256], icon))]);
files.push(['icon.icns', await icns(await each([16, 32, 64, 128, 256, 512, 1024], macIcon))]);

// macOS tints a template by itself, light or dark; the name tells Electron that it is one.
for (const [size, suffix] of /** @type {const} */ ([
  [16, ''],
  [32, '@2x'],
])) {
  files.push([
    `trayTemplate${suffix}.png`,
    await png(sharp(svg(size, fittedMark(size, FITTED_ALONE[size], '#000')))),
  ]);
  files.push([`tray${suffix}.png`, await icon(size)]);
}
// Windows picks the size for the display's scale out of the container.
files.push(['tray.ico', ico(await each([16, 20, 24, 32, 40, 48], icon))]);

for (const [name, data] of files) await writeFile(join(folder, name), data);
console.log(`${files.length} icons in ${folder}`);
