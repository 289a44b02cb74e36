import { linkTarget } from './links';

const ELEMENTS: ReadonlySet<string> = new Set(
  (
    'svg g a path rect circle ellipse line polyline polygon text tspan textpath title desc defs marker style use symbol ' +
    'clippath mask lineargradient radialgradient stop pattern filter fedropshadow fegaussianblur feoffset feflood fecomposite ' +
    'femerge femergenode switch'
  ).split(' '),
);

const REACHES_OUT = /@import|expression\s*\(|(image|image-set|src)\(|url\(\s*(?!["']?#)/i;
/** CSS reads `\75 rl(` as `url(`. */
const ESCAPED = /\\(?:([0-9a-f]{1,6})\s?|(.))/gi;

/** CSS that would ask for something outside of the drawing. */
export function reachesOut(css: string): boolean {
  const plain = css.replace(ESCAPED, (_, code: string | undefined, character: string) =>
    code === undefined ? character : String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff)),
  );
  return REACHES_OUT.test(plain);
}

/**
 * A drawing of nothing but shapes and text: no script, no HTML, nothing fetched; links are those an answer may have. Mermaid
 * cleans its output too, but it draws the model's words, so its word alone is not taken.
 */
export function cleanSvg(markup: string): { readonly svg: SVGSVGElement; readonly width: number } {
  const template = document.createElement('template');
  template.innerHTML = markup;
  const svg = template.content.querySelector('svg');
  if (!svg) throw new Error('There is no drawing.');
  for (const element of [...svg.querySelectorAll('*')]) {
    if (!ELEMENTS.has(element.localName.toLowerCase())) element.remove();
  }
  for (const element of [svg, ...svg.querySelectorAll('*')]) cleanElement(element);
  const width = svg.viewBox?.baseVal?.width || Number.parseFloat(svg.style.maxWidth) || 0;
  svg.removeAttribute('height');
  return { svg: document.importNode(svg, true), width };
}

function cleanElement(element: Element): void {
  if (element.localName === 'style' && reachesOut(element.textContent ?? '')) element.textContent = '';
  for (const { name, value } of [...element.attributes]) {
    const isLink = name === 'href' || name.endsWith(':href');
    if (/^on/i.test(name) || (!isLink && reachesOut(value))) element.removeAttribute(name);
    else if (isLink) cleanLink(element, name, value);
  }
}

function cleanLink(element: Element, name: string, value: string): void {
  // A part of the drawing itself, as `use` names it.
  if (value.startsWith('#') && element.localName !== 'a') return;
  element.removeAttribute(name);
  const target = element.localName === 'a' ? linkTarget(value) : null;
  if (!target) return;
  element.setAttribute('href', target);
  element.setAttribute('target', '_blank');
  element.setAttribute('rel', 'noreferrer noopener');
}
