import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../build/testing/cpu-time';
import { createMathConverter, DISPLAY_MATH, INLINE_MATH, mathToCode } from './math-source';

const inline = (tex: string) => `\`${INLINE_MATH}${tex}\``;
const display = (tex: string) => `\`${DISPLAY_MATH}${tex}\``;

describe('mathToCode', () => {
  it('marks inline formulas', () => {
    expect(mathToCode('for $n = 10$ and \\(x_1\\)')).toBe(`for ${inline('n = 10')} and ${inline('x_1')}`);
    expect(mathToCode('so $$a^2$$ it is')).toBe(`so ${display('a^2')} it is`);
  });

  it('leaves money alone', () => {
    for (const text of ['It costs $5 and $6.', 'from $5 to $10', 'a $ b $ c', 'US$3', '\\$5 and \\$6']) {
      expect(mathToCode(text)).toBe(text);
    }
  });

  it('leaves code alone', () => {
    for (const text of ['`$x$`', '```sh\necho $HOME $PATH\n```', '```\n$$\nx\n$$', '``a `$b$` c``']) {
      expect(mathToCode(text)).toBe(text);
    }
  });

  it('makes a block of a formula on lines of its own', () => {
    expect(mathToCode('a\n\n$$\nx = 1\n$$\n\nb')).toBe('a\n\n```math\nx = 1\n```\n\nb');
    expect(mathToCode('$$x = 1$$\nb')).toBe('```math\nx = 1\n```\nb');
    expect(mathToCode('\\[\nx\n\\]')).toBe('```math\nx\n```');
    expect(mathToCode('1. a\n   $$\n   x\n   $$')).toBe('1. a\n   ```math\n   x\n   ```');
  });

  it('keeps a formula that is still being written out of the text', () => {
    expect(mathToCode('a\n\n$$\n\\frac{1')).toBe('a\n\n```math\n\\frac{1');
  });

  it('comes to the same for a growing text as for a whole one', () => {
    const text = 'A $x$ b.\n\n```js\na\n\n$b$\n```\n\n$$\ny\n$$\n\nCost $5, $6.\n\n- \\(z\\)\n\nEnd $w$.';
    const convert = createMathConverter();
    for (let end = 1; end < text.length; end += 1) convert(text.slice(0, end));
    expect(convert(text)).toBe(mathToCode(text));
  });

  it('goes through a long text quickly', async () => {
    const text = 'A price of $5 and a formula $x$, with `code` and \\(y\\).\n'.repeat(2000);
    expect(await cpuMs(() => mathToCode(text), 3)).toBeLessThan(200);
  });
});
