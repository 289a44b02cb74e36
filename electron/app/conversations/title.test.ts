import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../build/testing/cpu-time';
import { titleFrom } from './title';

describe('titleFrom', () => {
  it.each([
    ['What is 384 + 729? Show your steps.', 'What is 384 + 729?'],
    ['what is 3.5 times 2.1', 'what is 3.5 times 2.1'],
    ['Hello.', 'Hello'],
    ['  \n\n# Heading\nand more', 'Heading'],
    ['今天天气怎么样？我想出去。', '今天天气怎么样？'],
    [
      'Please explain the difference between supervised and unsupervised learning',
      'Please explain the difference between…',
    ],
    ['```js\nconst a = 1;\n```\nWhat does this do?', 'What does this do?'],
    ['<think>secret reasoning</think>The answer is 4.', 'The answer is 4'],
    ['<think>never finished', ''],
    ['Look at [this page](https://example.org/x) please', 'Look at this page please'],
    ['**Bold** and `code`', 'Bold and code'],
    ['\u202Eevil\u0007 name', 'evil name'],
    ['🎉🎉🎉', ''],
    ['', ''],
  ])('%j → %j', (text, title) => {
    expect(titleFrom(text)).toBe(title);
  });

  it('cuts Chinese between words', () => {
    const title = titleFrom(
      '请用中文详细解释一下机器学习中监督学习和无监督学习之间的主要区别以及它们各自的应用场景有哪些好吗',
    );
    expect([...title].length).toBeLessThanOrEqual(40);
    expect(title).toMatch(/…$/);
  });

  it('cuts a single endless word', () => {
    expect([...titleFrom('x'.repeat(1_000))].length).toBe(40);
  });

  it('is short, on one line and free of reasoning, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const title = titleFrom(`${text}<think>REASONING</think>`);
        expect([...title].length).toBeLessThanOrEqual(40);
        expect(title).not.toMatch(/\n|REASONING/);
        expect(title).toBe(title.trim());
      }),
    );
  });

  it('takes no longer for a pasted book', async () => {
    const books = ['<', '['].map((sign) => sign.repeat(2_000_000));
    expect(await cpuMs(() => books.map(titleFrom), 3)).toBeLessThan(500);
  });
});
