/**
 * Packs the drawings of things.tsv in every style: art.bin (to train on) and test.bin (held-out styles), one WebP after the other,
 * and art.json with the place of each. Packages are installed outside the repository (README.md has the command).
 *
 *   node models/train/data/pictures/extract_art.mjs --packages FOLDER/node_modules --out models/train/data/pictures/art
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';

const { values } = parseArgs({
  options: {
    packages: { type: 'string' },
    out: { type: 'string' },
    size: { type: 'string', default: '128' },
    quality: { type: 'string', default: '80' },
  },
});
const SIZE = Number(values.size);
const QUALITY = Number(values.quality);
sharp.concurrency(1);

/** `size`: of the drawings where they are bitmaps. `mono`: one colour, to be tinted. */
const STYLES = [
  { name: 'apple', folder: 'emoji-datasource-apple/img/apple/64', ext: 'png' },
  { name: 'apple-3', folder: 'emoji-datasource-apple-3/img/apple/64', ext: 'png' },
  { name: 'google-4', folder: 'emoji-datasource-google-4/img/google/64', ext: 'png' },
  { name: 'google-3', folder: 'emoji-datasource-google-3/img/google/64', ext: 'png' },
  { name: 'twitter-3', folder: 'emoji-datasource-twitter-3/img/twitter/64', ext: 'png' },
  { name: 'noto', icons: 'noto' },
  { name: 'noto-v1', icons: 'noto-v1' },
  { name: 'openmoji', icons: 'openmoji' },
  { name: 'twemoji', icons: 'twemoji' },
  { name: 'fluent-emoji-flat', icons: 'fluent-emoji-flat' },
  { name: 'fluent-emoji', icons: 'fluent-emoji' },
  { name: 'emojione', icons: 'emojione' },
  { name: 'emojione-v1', icons: 'emojione-v1' },
  { name: 'emojione-3', folder: 'emojione-assets-3/png/128', ext: 'png' },
  { name: 'emojione-4', folder: 'emojione-assets/png/128', ext: 'png' },
  { name: 'joypixels', folder: 'emoji-assets/png/64', ext: 'png' },
  { name: 'joypixels-5', folder: 'emoji-assets-5/png/128', ext: 'png' },
  { name: 'fxemoji', icons: 'fxemoji' },
  { name: 'streamline', icons: 'streamline-emojis' },
  { name: 'high-contrast', icons: 'fluent-emoji-high-contrast', mono: true },
  { name: 'monotone', icons: 'emojione-monotone', mono: true },
  { name: 'facebook', folder: 'emoji-datasource-facebook/img/facebook/64', ext: 'png', test: true },
  { name: 'fluent-3d', folder: '@lobehub/fluent-emoji-3d/assets', ext: 'webp', test: true },
];

const here = import.meta.dirname;
const things = readFileSync(path.join(here, 'things.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.split('\t'));
const segment = new Intl.Segmenter('en', { granularity: 'grapheme' });
const emojiOf = (text) => [...segment.segment(text)].map((s) => s.segment);
const hex = (emoji) => [...emoji].map((c) => c.codePointAt(0).toString(16).padStart(4, '0'));

/** Ways in which packages write the same emoji. */
function spellings(emoji) {
  const full = hex(emoji);
  const bare = full.filter((c) => c !== 'fe0f');
  return [
    ...new Set([
      full.join('-'),
      bare.join('-'),
      `${bare.join('-')}-fe0f`,
      bare.filter((c) => c !== '200d').join('-'),
    ]),
  ];
}

const squeeze = (name) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
const read = (file) => JSON.parse(readFileSync(path.join(values.packages, file), 'utf8'));
const NAMES = new Map();
const learn = (code, ...names) => {
  const key = code.toLowerCase().replaceAll('-fe0f', '');
  NAMES.set(key, [...(NAMES.get(key) ?? []), ...names.filter(Boolean).map(squeeze)]);
};
for (const e of read('emojibase-data/en/data.json')) learn(e.hexcode, e.label);
for (const set of ['noto', 'openmoji', 'twemoji'])
  for (const [code, name] of Object.entries(read(`@iconify-json/${set}/chars.json`))) learn(code, name);
for (const e of read('emoji-datasource-apple/emoji.json')) learn(e.unified, e.name, ...e.short_names);
for (const preset of ['cldr', 'emojibase', 'joypixels', 'github', 'iamcal'])
  for (const [code, names] of Object.entries(read(`emojibase-data/en/shortcodes/${preset}.json`)))
    learn(code, ...[names].flat());

/** What an emoji was ever called, for sets that know their drawings by name alone. */
const namesOf = (emoji) =>
  [
    ...new Set(
      NAMES.get(
        hex(emoji)
          .filter((c) => c !== 'fe0f')
          .join('-'),
      ) ?? [],
    ),
  ].filter((n) => !/^\d*$/.test(n));

/** Drawings whose name matches and whose subject does not: a flag, a face, a window of a program, a wave of water. */
const WRONG = new Set([
  'streamline 🦃',
  'fxemoji 🕶️',
  'fxemoji 🪟',
  'emojione-v1 🪟',
  'streamline 🪟',
  'fxemoji 👋',
]);

function source(style, emoji) {
  if (WRONG.has(`${style.name} ${emoji}`)) return undefined;
  if (style.icons) {
    style.set ??= JSON.parse(
      readFileSync(path.join(values.packages, `@iconify-json/${style.icons}/icons.json`), 'utf8'),
    );
    style.chars ??= JSON.parse(
      readFileSync(path.join(values.packages, `@iconify-json/${style.icons}/chars.json`), 'utf8'),
    );
    style.names ??= new Map(
      [...Object.keys(style.set.icons), ...Object.keys(style.set.aliases ?? {})]
        .reverse()
        .map((name) => [squeeze(name.replace(/-\d+$/, '')), name]),
    );
    for (const name of [
      ...spellings(emoji).map((s) => style.chars[s]),
      ...namesOf(emoji).map((n) => style.names.get(n)),
    ]) {
      const icon = name && (style.set.icons[name] ?? style.set.icons[style.set.aliases?.[name]?.parent]);
      if (!icon) continue;
      const [w, h] = [icon.width ?? style.set.width ?? 16, icon.height ?? style.set.height ?? 16];
      const body = icon.body.replaceAll('currentColor', '#000');
      return Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${icon.left ?? 0} ${icon.top ?? 0} ${w} ${h}" width="${SIZE}" height="${SIZE}">${body}</svg>`,
      );
    }
    return undefined;
  }
  for (const s of spellings(emoji)) {
    for (const variant of [s, s.toUpperCase()]) {
      const file = path.join(values.packages, style.folder, `${variant}.${style.ext}`);
      if (existsSync(file)) return readFileSync(file);
    }
  }
  return undefined;
}

/** Trimmed to what is drawn, a pixel of margin, at most SIZE. */
async function draw(data) {
  const { data: trimmed } = await sharp(data)
    .ensureAlpha()
    .resize({ width: SIZE, height: SIZE, fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 1 })
    .toBuffer()
    .then((b) =>
      sharp(b)
        .trim({ background: { r: 0, g: 0, b: 0, alpha: 0 }, threshold: 8 })
        .png({ compressionLevel: 1 })
        .toBuffer({ resolveWithObject: true }),
    );
  const { data: bytes, info } = await sharp(trimmed)
    .extend({ top: 1, bottom: 1, left: 1, right: 1, background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .webp({ quality: QUALITY, alphaQuality: 80, effort: 5 })
    .toBuffer({ resolveWithObject: true });
  return { bytes, width: info.width, height: info.height };
}

const packs = { false: { parts: [], at: 0 }, true: { parts: [], at: 0 } };
const sprites = [];
const missing = {};
for (const [index, style] of STYLES.entries()) {
  const pack = packs[Boolean(style.test)];
  let count = 0;
  for (const [thing, row] of things.entries()) {
    const drawn = await Promise.all(
      emojiOf(row[0]).map(async (emoji) => {
        const data = source(style, emoji);
        try {
          return data && (await draw(data));
        } catch (error) {
          console.warn(`${style.name} ${emoji}: ${error.message}`);
          return undefined;
        }
      }),
    );
    const seen = new Set();
    for (const one of drawn) {
      if (!one || one.width < 12 || one.height < 12) continue;
      const key = one.bytes.toString('base64');
      if (seen.has(key)) continue;
      seen.add(key);
      sprites.push([thing, index, pack.at, one.bytes.length, one.width, one.height]);
      pack.parts.push(one.bytes);
      pack.at += one.bytes.length;
      count++;
    }
    if (seen.size === 0) missing[style.name] = [...(missing[style.name] ?? []), row[1]];
  }
  console.log(
    `${style.name}: ${count} drawings, ${missing[style.name]?.length ?? 0} things missing, ${(pack.at / 1e6).toFixed(1)} MB so far`,
  );
}
mkdirSync(values.out, { recursive: true });
writeFileSync(path.join(values.out, 'art.bin'), Buffer.concat(packs.false.parts));
writeFileSync(path.join(values.out, 'test.bin'), Buffer.concat(packs.true.parts));
const styles = STYLES.map(({ name, test, mono }) => ({ name, test: Boolean(test), mono: Boolean(mono) }));
writeFileSync(
  path.join(here, 'art.json'),
  `${JSON.stringify({ things: things.map((t) => t[1]), styles, sprites }).replaceAll('],[', '],\n[')}\n`,
);
writeFileSync(path.join(values.out, 'missing.json'), JSON.stringify(missing, null, 1));
console.log(`${things.length} things, ${sprites.length} drawings`);
