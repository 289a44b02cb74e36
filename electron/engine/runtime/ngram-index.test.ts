import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NgramIndex } from './ngram-index';

function indexOf(tokens: readonly number[]): NgramIndex {
  const index = new NgramIndex();
  for (const token of tokens) index.push(token);
  return index;
}

/** The same by looking everywhere. */
function everywhere(tokens: readonly number[], count: number, least: number): number[] {
  const end = tokens.length - 1;
  let best = -1;
  let longest = least - 1;
  for (let place = end - 1; place >= 0; place--) {
    let equal = 0;
    while (equal < 32 && place >= equal && tokens[place - equal] === tokens[end - equal]) equal++;
    if (equal > longest) [best, longest] = [place, equal];
  }
  if (best < 0) return [];
  const all = [...tokens];
  for (let i = 1; i <= count; i++) all.push(all[best + i]!);
  return all.slice(tokens.length);
}

describe('what followed where the end stood before', () => {
  test('is proposed, the longest repetition first', () => {
    expect(indexOf([1, 2, 3, 4, 9, 2, 3, 4, 7, 1, 2, 3, 4]).propose(2)).toEqual([9, 2]);
    expect(indexOf([5, 2, 3, 4, 9, 8, 2, 3, 4, 7, 1, 2, 3, 4]).propose(2)).toEqual([7, 1]);
  });

  test('goes on with itself where it reaches the end', () => {
    expect(indexOf([8, 1, 2, 1, 2, 1, 2]).propose(5)).toEqual([1, 2, 1, 2, 1]);
    expect(indexOf([7, 7, 7, 7]).propose(3)).toEqual([7, 7, 7]);
  });

  test('is nothing where nothing, or too little, is repeated', () => {
    expect(indexOf([]).propose(4)).toEqual([]);
    expect(indexOf([1, 2]).propose(4)).toEqual([]);
    expect(indexOf([1, 2, 3, 4, 5, 6]).propose(4)).toEqual([]);
    expect(indexOf([1, 2, 3, 9, 1, 2, 3]).propose(1, 4)).toEqual([]);
    expect(indexOf([0, 1, 2, 3, 9, 0, 1, 2, 3]).propose(1, 4)).toEqual([9]);
  });

  test('is looked for first near where it was found last, whatever repeats itself elsewhere', () => {
    const record = (age: number, name: number) => [1, 2, name, 3, 4, age, 5, 6, 7];
    const index = indexOf([...record(31, 41), ...record(32, 42), ...record(33, 43), 99]);
    const written = record(31, 41).slice(0, 5);
    for (const token of written) index.push(token);
    expect(index.propose(4, 5)).toEqual([31, 5, 6, 7]);
    // Another age than there: the record after the first goes on, and not the latest that ends so.
    for (const token of [77, 5, 6, 7]) index.push(token);
    expect(index.propose(4)).toEqual([1, 2, 42, 3]);
    index.leave();
    for (const token of [1, 2]) index.push(token);
    expect(index.propose(2)[0]).not.toBe(undefined);
  });

  test('is what looking everywhere finds, while places are few', () => {
    const token = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(
        fc.array(token, { maxLength: 14 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 3, max: 6 }),
        (tokens, count, least) => {
          expect(indexOf(tokens).propose(count, least)).toEqual(everywhere(tokens, count, least));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('takes no longer the more often a word is repeated', () => {
    const index = indexOf(new Array<number>(50_000).fill(3));
    const before = process.cpuUsage();
    for (let i = 0; i < 1000; i++) index.propose(8);
    const { user } = process.cpuUsage(before);
    expect(user / 1000).toBeLessThan(500);
  });
});
