import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Channel } from '../../contract/generation';
import { possibleStart, ReasoningParser } from './reasoning-parser';

const TAGS = { open: '<think>', close: '</think>' };

function parse(
  chunks: readonly string[],
  start: Channel = 'answer',
  tags: typeof TAGS | null = TAGS,
  fresh = true,
) {
  const text = { reasoning: '', answer: '' };
  const tokens = { reasoning: 0, answer: 0 };
  const parser = new ReasoningParser(
    tags,
    start,
    (channel, piece, count) => {
      text[channel] += piece;
      tokens[channel] += count;
    },
    fresh,
  );
  for (const chunk of chunks) parser.push(chunk, 1);
  parser.flush();
  return { ...text, tokens };
}

/** The same text cut at given places. */
const cut = (text: string, places: readonly number[]): string[] => {
  const sorted = [0, ...[...places].sort((a, b) => a - b), text.length];
  return sorted.slice(1).map((end, i) => text.slice(sorted[i], end));
};

describe('reasoning written between text tags', () => {
  test.each([
    ['<think>why</think>because', 'why', 'because'],
    ['<think>\nwhy\n</think>\n\nbecause', 'why\n', 'because'],
    ['<think></think>because', '', 'because'],
    ['  <think>why</think>because', 'why', 'because'],
    ['plain answer', '', 'plain answer'],
    ['a < b and <thin is no tag', '', 'a < b and <thin is no tag'],
    ['the tag <think> opens reasoning', '', 'the tag <think> opens reasoning'],
    ['<think>never closed', 'never closed', ''],
    ['<think>a</think> <think>b</think>c', 'ab', 'c'],
    ['<think>half a tag </thi', 'half a tag </thi', ''],
    ['<thi', '', '<thi'],
    ['', '', ''],
  ])('%j', (text, reasoning, answer) => {
    expect(parse([text])).toMatchObject({ reasoning, answer });
    expect(parse([...text])).toMatchObject({ reasoning, answer });
  });

  test('wherever the chunks are cut, the split is the same and every token is counted once', () => {
    const outputs = fc.tuple(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), fc.boolean());
    const property = fc.property(
      outputs,
      fc.array(fc.nat(40), { maxLength: 8 }),
      ([a, b, tagged], places) => {
        const text = tagged ? `<think>${a}</think>${b}` : a + b;
        const chunks = cut(
          text,
          places.map((place) => place % (text.length + 1)),
        );
        const { tokens, ...split } = parse(chunks);
        expect(split).toEqual({ reasoning: parse([text]).reasoning, answer: parse([text]).answer });
        expect(tokens.reasoning + tokens.answer).toBe(chunks.length);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  test('continued reasoning starts inside', () => {
    expect(parse(['ends', '</think>', 'here'], 'reasoning')).toMatchObject({
      reasoning: 'ends',
      answer: 'here',
    });
  });

  test('a continued answer opens no reasoning', () => {
    expect(parse(['<think>x'], 'answer', TAGS, false)).toMatchObject({ reasoning: '', answer: '<think>x' });
  });

  test('a model without tags writes answers only', () => {
    expect(parse(['<think>x</think>'], 'answer', null)).toMatchObject({
      reasoning: '',
      answer: '<think>x</think>',
    });
  });

  test('the tokens of the tags count as reasoning', () => {
    expect(parse(['<', 'think', '>', 'a', '</think>', 'b']).tokens).toEqual({ reasoning: 5, answer: 1 });
  });
});

test('line breaks behind a tag are layout, be it written as text or as a token', () => {
  const written = { reasoning: '', answer: '' };
  const parser = new ReasoningParser(null, 'answer', (channel, text) => {
    written[channel] += text;
  });
  parser.switchTo('reasoning', 1);
  parser.push('\na\n', 1);
  parser.switchTo('answer', 1);
  for (const piece of ['\n', '\n ', 'b\n', 'c']) parser.push(piece, 1);
  parser.flush();
  expect(written).toEqual({ reasoning: 'a\n', answer: ' b\nc' });
});

test('possibleStart finds the longest end that may become the pattern', () => {
  expect(possibleStart('abc</', '</think>')).toBe(2);
  expect(possibleStart('abc', '</think>')).toBe(0);
  expect(possibleStart('aab', 'aabaab')).toBe(3);
  expect(possibleStart('</think>', '</think>')).toBe(0);
});
