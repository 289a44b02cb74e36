import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerTags } from './answer-tags';

const TAGS = { open: '<answer>', close: '</answer>' };

/** The answer in `text`, which arrives cut at `cuts`. */
function strip(text: string, cuts: readonly number[] = [], answering = false): string {
  const tags = new AnswerTags(TAGS, answering);
  const ends = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  let [out, from] = ['', 0];
  for (const end of [...ends, text.length]) {
    out += tags.push(text.slice(from, end));
    from = end;
  }
  return out + tags.flush();
}

describe('an answer between tags', () => {
  test.each([
    ['<answer>four</answer>', 'four'],
    ['\n<answer>\nfour\n</answer>\n', 'four'],
    ['four', 'four'],
    ['  four', '  four'],
    ['<answer>four', 'four'],
    ['four</answer> and more', 'four'],
    ['<answer>a < b</answer>', 'a < b'],
    ['<answ', '<answ'],
    ['say <answer>', 'say <answer>'],
    ['a\n\nb ', 'a\n\nb '],
  ])('%j is %j, however it is cut', (text, expected) => {
    expect(strip(text)).toBe(expected);
    fc.assert(fc.property(fc.array(fc.nat(40)), (cuts) => strip(text, cuts) === expected));
  });

  test('that is continued may begin with what looks like a tag', () => {
    expect(strip('<answer>x</answer>', [], true)).toBe('<answer>x');
  });

  test('is over with its closing tag', () => {
    const tags = new AnswerTags(TAGS, false);
    tags.push('<answer>x</ans');
    expect(tags.closed).toBe(false);
    tags.push('wer>');
    expect(tags.closed).toBe(true);
    expect(tags.push('y')).toBe('');
  });

  test('and without tags in the manifest passes as it is', () => {
    expect(new AnswerTags(null, false).push('<answer>x ')).toBe('<answer>x ');
  });
});
