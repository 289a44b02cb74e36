import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toPassages } from './passages';
import { rank } from './rank';
import { terms } from './words';

describe('toPassages', () => {
  it('leaves nothing out but space, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5_000, unit: 'grapheme' }), (text) => {
        let end = 0;
        for (const [from, to] of toPassages(text)) {
          expect(text.slice(end, from).trim()).toBe('');
          expect(to - from).toBeGreaterThan(0);
          expect(to - from).toBeLessThanOrEqual(700);
          expect(text.slice(from, to).isWellFormed?.() ?? true).toBe(true);
          end = to;
        }
        expect(text.slice(end).trim()).toBe('');
      }),
    );
  });

  it('cuts between paragraphs, else lines, sentences, words', () => {
    const cuts = (piece: string) => {
      const text = piece.repeat(400);
      return toPassages(text)
        .slice(0, -1)
        .every(([, end]) => piece.repeat(400).slice(0, end).trimEnd().endsWith(piece.trimEnd()));
    };
    expect(cuts('A paragraph of some words.\nIts second line.\n\n')).toBe(true);
    expect(cuts('one line of a log, with numbers 1.5\n')).toBe(true);
    expect(cuts('这是一个中文句子，没有空格。')).toBe(true);
    expect(cuts('abc')).toBe(false);
  });
});

describe('terms', () => {
  it('are words without case and plural, and pairs of Chinese characters', () => {
    expect([...terms("The Cats' COMPANIES — ２０２５, naïve_id x")]).toEqual([
      'the',
      'cat',
      'company',
      '2025',
      'naïve_id',
      'x',
    ]);
    expect([...terms('违约金是5%，GPU卡')]).toEqual(['违约', '约金', '金是', '5', 'gpu', '卡']);
  });
});

function files(...texts: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'rank-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return texts.map((text, index) => {
    const path = join(folder, String(index));
    writeFileSync(path, text);
    return path;
  });
}

/** A book of so many chapters, each one passage long. */
function book(chapters: number, special: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: chapters }, (_, chapter) => {
    const words = 'The ship sailed on across the quiet sea under a pale moon. '.repeat(8);
    return `${chapter}. ${special[chapter] ?? ''} ${words}`;
  }).join('\n\n');
}

const ask = (text: string) => [{ text, weight: 1 }];

describe('rank', () => {
  it('finds the needle, in English and in Chinese', async () => {
    const special = { 41: 'The captain hid the ruby in the galley.', 97: '船长把红宝石藏在厨房里。' };
    const paths = files(book(120, special));
    const english = await rank({
      paths,
      queries: ask('Where did the captain hide his rubies?'),
      characters: 5_000,
    });
    expect(english.passages).toEqual([120]);
    expect(english.best[0]?.text).toContain('hid the ruby');
    const chinese = await rank({ paths, queries: ask('红宝石在哪里？'), characters: 5_000 });
    expect(chinese.best[0]?.text).toContain('厨房');
    // With what stands around it.
    expect(chinese.best.map(({ index }) => index)).toEqual([97, 96, 98]);
  });

  it('gives as much as is asked for, with where it lies', async () => {
    const text = book(50);
    const { best } = await rank({ paths: files(text), queries: ask('ship'), characters: 3_000 });
    expect(best.length).toBeGreaterThan(3);
    expect(best.reduce((sum, passage) => sum + passage.text.length, 0)).toBeLessThanOrEqual(3_000);
    for (const { range, text: passage } of best) expect(text.slice(...range)).toBe(passage);
  });

  it('shows each of several documents, however well one suits', async () => {
    const paths = files(
      book(30, Object.fromEntries([...Array(30).keys()].map((n) => [n, 'price price']))),
      book(9, { 4: 'a price' }),
    );
    const { best } = await rank({ paths, queries: ask('Compare the price'), characters: 2_000 });
    expect(
      best
        .slice(0, 2)
        .map(({ document }) => document)
        .sort(),
    ).toEqual([0, 1]);
  });

  it('spreads over the whole text where no word of the question occurs', async () => {
    const { best } = await rank({ paths: files(book(64)), queries: ask('总结一下'), characters: 4_000 });
    const chapters = best.map(({ text }) => Number.parseInt(text, 10));
    expect(chapters[0]).toBe(0);
    expect(chapters.slice(0, 4).sort((a, b) => a - b)).toEqual([0, 16, 32, 48]);
    expect(new Set(chapters).size).toBe(chapters.length);
  });

  it('shows a document too in which no word of the question occurs', async () => {
    const paths = files(book(30), '甲方应于三日内支付。');
    const { best } = await rank({ paths, queries: ask('Where did the ship sail?'), characters: 2_000 });
    expect(best[1]).toMatchObject({ document: 1, index: 0, text: '甲方应于三日内支付。' });
  });

  it('weighs what was asked before less than what is asked now', async () => {
    const paths = files(book(40, { 7: 'engine', 20: 'signature' }));
    const queries = [
      { text: 'And the signature?', weight: 1 },
      { text: 'Where is the engine?', weight: 0.4 },
    ];
    const { best } = await rank({ paths, queries, characters: 1_500 });
    expect(best[0]?.text).toMatch(/^20\./);
    expect(best[1]?.text).toMatch(/^7\./);
  });
});
