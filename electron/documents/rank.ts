import { readFile } from 'node:fs/promises';
import type { PassageRange, Ranking, RankRequest } from '../contract/documents';
import { toPassages } from './passages';
import { terms } from './words';

/** Okapi BM25's usual constants: how soon a word's repetitions stop counting, and how much a long passage's do. */
const K1 = 1.2;
const B = 0.75;

interface Passage {
  readonly document: number;
  readonly index: number;
  readonly range: PassageRange;
  readonly text: string;
  readonly length: number;
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * The passages of some texts that suit a question, best first, as many as `characters` allow. Of every text the best one stands in front,
 * so that a question about two documents sees both; behind those that suit come their neighbours. Where no word of the question occurs (a summary is asked for), passages spread
 * evenly over the text.
 *
 * BM25 as in Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), with Lucene's idf, which is never negative.
 */
export async function rank({ paths, queries, characters }: RankRequest): Promise<Ranking> {
  const weights = queryWeights(queries);
  const documents = await Promise.all(paths.map((path, document) => passagesOf(path, document, weights)));
  const all = documents.flat();
  const scored = scores(all, weights);
  const hits = all
    .map((passage, at) => ({ passage, score: scored[at] ?? 0 }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ passage }) => passage);
  const suiting = new Set(hits.map(({ document }) => document));
  const others = documents.filter((_, document) => !suiting.has(document)).flatMap(spread);
  const order = eachFirst([...hits, ...others, ...beside(hits, documents)]);
  const best: Ranking['best'][number][] = [];
  let left = characters;
  for (const { document, index, range, text } of order) {
    left -= text.length;
    if (left < 0 && best.length > 0) break;
    best.push({ document, index, range, text });
  }
  return { passages: documents.map(({ length }) => length), best };
}

function queryWeights(queries: RankRequest['queries']): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const { text, weight } of queries) {
    for (const term of new Set(terms(text))) weights.set(term, Math.max(weight, weights.get(term) ?? 0));
  }
  return weights;
}

/** Only the question's words are counted: the others change nothing. */
async function passagesOf(
  path: string,
  document: number,
  weights: ReadonlyMap<string, number>,
): Promise<readonly Passage[]> {
  const text = await readFile(path, 'utf8');
  return toPassages(text).map((range, index) => {
    const passage = text.slice(...range);
    const counts = new Map<string, number>();
    let length = 0;
    for (const term of terms(passage)) {
      length++;
      if (weights.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
    return { document, index, range, text: passage, length, counts };
  });
}

function scores(passages: readonly Passage[], weights: ReadonlyMap<string, number>): readonly number[] {
  const average = passages.reduce((sum, { length }) => sum + length, 0) / Math.max(1, passages.length);
  const idf = new Map<string, number>();
  for (const term of weights.keys()) {
    const holding = passages.reduce((sum, { counts }) => sum + (counts.has(term) ? 1 : 0), 0);
    idf.set(term, Math.log(1 + (passages.length - holding + 0.5) / (holding + 0.5)));
  }
  return passages.map(({ counts, length }) => {
    let score = 0;
    for (const [term, count] of counts) {
      const saturated = (count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / average));
      score += (weights.get(term) ?? 0) * (idf.get(term) ?? 0) * saturated;
    }
    return score;
  });
}

/** What stands before and after a hit often says what it is about, where there is room. */
function beside(hits: readonly Passage[], documents: readonly (readonly Passage[])[]): readonly Passage[] {
  const taken = new Set(hits);
  const found: Passage[] = [];
  for (const { document, index } of hits) {
    for (const neighbour of [documents[document]?.[index - 1], documents[document]?.[index + 1]]) {
      if (!neighbour || taken.has(neighbour)) continue;
      taken.add(neighbour);
      found.push(neighbour);
    }
  }
  return found;
}

function eachFirst(passages: readonly Passage[]): readonly Passage[] {
  const seen = new Set<number>();
  const first = passages.filter(({ document }) => !seen.has(document) && seen.add(document));
  const isFirst = new Set(first);
  return [...first, ...passages.filter((passage) => !isFirst.has(passage))];
}

/** The beginning, then ever finer: the middle, the quarters, the eighths. */
function spread(passages: readonly Passage[]): readonly Passage[] {
  const taken = new Set<Passage>();
  for (let step = passages.length; taken.size < passages.length; step /= 2) {
    for (let at = 0; at < passages.length; at += Math.max(1, step)) {
      const passage = passages[Math.floor(at)];
      if (passage) taken.add(passage);
    }
  }
  return [...taken];
}
