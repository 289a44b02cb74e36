// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { cleanSvg, reachesOut } from './clean-svg';

const clean = (inner: string) => cleanSvg(`<svg viewBox="0 0 40 20">${inner}</svg>`).svg;

describe('cleaning a drawing', () => {
  it.each([
    '<foreignObject><div>HTML</div></foreignObject>',
    '<image href="https://example.com/a.png"/>',
    '<iframe src="https://example.com"></iframe>',
    '<animate attributeName="href" to="javascript:alert(1)"/>',
  ])('takes out %s', (inner) => {
    expect(clean(`${inner}<text>kept</text>`).innerHTML).toBe('<text>kept</text>');
  });

  it.each([
    ['a handler', '<rect onclick="alert(1)"></rect>', 'onclick'],
    ['a paint from elsewhere', '<rect fill="url(https://example.com/#a)"></rect>', 'fill'],
    ['a style that loads', '<rect style="fill:url(//example.com/a)"></rect>', 'style'],
    ['a use of another file', '<use href="https://example.com/a.svg#b"></use>', 'href'],
  ])('takes away %s', (_, inner, attribute) => {
    expect(clean(inner).firstElementChild?.hasAttribute(attribute)).toBe(false);
  });

  // On its own, as this test's document keeps nothing of a style sheet inside SVG.
  it('knows a style sheet that reaches out', () => {
    expect(reachesOut('@import "https://example.com/a.css";')).toBe(true);
    expect(reachesOut('.a { background: url("https://example.com") }')).toBe(true);
    expect(reachesOut('.a { width: expression(alert(1)) }')).toBe(true);
    expect(reachesOut('.a { background: \\75 rl(//example.com/a) }')).toBe(true);
    expect(reachesOut('@\\69mport "//example.com/a.css";')).toBe(true);
    expect(reachesOut('.a { background: image-set("//example.com/a" 1x) }')).toBe(true);
    expect(reachesOut('.a { fill: url(#shade); stroke: url("#line") }')).toBe(false);
  });

  it('keeps links an answer may have, opened outside, and drops the others', () => {
    const link = clean('<a xlink:href="https://example.com/"><text>x</text></a>').querySelector('a');
    expect(link?.getAttribute('href')).toBe('https://example.com/');
    expect(link?.getAttribute('rel')).toContain('noopener');
    const script = clean('<a href="javascript:alert(1)"><text>x</text></a>').querySelector('a');
    expect(script?.hasAttribute('href')).toBe(false);
  });

  it('keeps references to its own parts', () => {
    expect(
      clean('<path marker-end="url(#arrow)"></path>').firstElementChild?.getAttribute('marker-end'),
    ).toBe('url(#arrow)');
  });

  it('says that there is no drawing', () => {
    expect(() => cleanSvg('<p>nothing</p>')).toThrow('no drawing');
  });
});
