import { describe, expect, it, test } from 'vitest';
import { cpuMs } from '../../../build/testing/cpu-time';
import { toSpeakable } from './speakable';

const texts = (markdown: string) => toSpeakable(markdown).map(({ text }) => text);

describe('what is read aloud', () => {
  test.each<[string, string, string[]]>([
    ['words', 'Hello there.', ['Hello there.']],
    ['sentences one by one', 'One. Two! Three? 四。五！', ['One.', 'Two!', 'Three?', '四。', '五！']],
    [
      'no sentence ends inside a number or an abbreviation',
      'Pi is 3.14, e.g. here.',
      ['Pi is 3.14, e.g. here.'],
    ],
    [
      'headings, lists and quotes without their marks',
      '# Title\n- one\n2. two\n> said',
      ['Title', 'one', 'two', 'said'],
    ],
    ['tasks without their boxes', '- [x] done\n- [ ] to do', ['done', 'to do']],
    [
      'emphasis without its stars',
      'a **bold** and *slanted* ~~gone~~ word',
      ['a bold and slanted gone word'],
    ],
    ['multiplication keeps its sign', '3 * 4 = 12', ['3 × 4 = 12']],
    ['names with underscores stay whole', 'the snake_case_name', ['the snake_case_name']],
    ['inline code as words', 'Call `run` now.', ['Call run now.']],
    ['no code blocks', 'Before.\n```js\nlet x = 1;\n```\nAfter.', ['Before.', 'After.']],
    ['no code block that was never closed', 'Before.\n```py\nprint(1)\n', ['Before.']],
    [
      'no code of two blocks, but what lies between',
      '```\na\n```\nmiddle\n~~~\nb\n~~~\nend',
      ['middle', 'end'],
    ],
    ['no displayed formulas', 'So\n$$\n\\frac{a}{b}\n$$\nholds.', ['So', 'holds.']],
    ['no displayed formulas in brackets', 'So \\[ \\sum_i i \\] holds.', ['So holds.']],
    [
      'simple formulas, not markup',
      'With $x = 2$ and $\\frac{1}{2}$ it is done.',
      ['With x = 2 and it is done.'],
    ],
    ['prices are no formulas', 'It costs $5 or $7 today.', ['It costs $5 or $7 today.']],
    [
      'links by their text, no addresses',
      'See [the page](https://a.b/c) or https://x.y/z now.',
      ['See the page or now.'],
    ],
    ['no images and tags', 'A ![cat](c.png) here.<br/>', ['A here.']],
    ['tables row by row', '| a | b |\n|---|:-:|\n| 1 | 2 |', ['a, b', '1, 2']],
    ['nothing of nothing', ' \n---\n```\n```\n', []],
  ])('%s', (_, markdown, expected) => {
    expect(texts(markdown)).toEqual(expected);
  });

  it('names the language of each sentence', () => {
    expect(toSpeakable('Thank you. 谢谢你。\nDas Wort 你好')).toEqual([
      { text: 'Thank you.', language: 'en' },
      { text: '谢谢你。', language: 'zh' },
      { text: 'Das Wort 你好', language: 'zh' },
    ]);
  });

  it('divides what is too long at commas, then at spaces, and loses nothing', () => {
    const long = `${'word '.repeat(60)}, ${'more '.repeat(60)}`.trim();
    const pieces = texts(long);
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(221);
    expect(pieces.join(' ').replace(/\s+/g, ' ')).toBe(long.replace(/\s+/g, ' '));
    expect(texts('字'.repeat(500)).join('')).toBe('字'.repeat(500));
  });

  it('takes no time for what looks like the beginning of many marks', async () => {
    const marks = ['```', '$', '**', '[', '_', '<', '\\('];
    expect(await cpuMs(() => marks.map((mark) => texts(`${mark} `.repeat(5_000))))).toBeLessThan(3_000);
  });
});
