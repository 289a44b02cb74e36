import mermaid, { type MermaidConfig } from 'mermaid';
import { cleanSvg } from './clean-svg';

export interface Drawn {
  readonly svg: SVGSVGElement;
  /** CSS pixels at its natural size. */
  readonly width: number;
}

/** Colours and font of the page, as they are at this moment. */
function themeOfPage(): Pick<MermaidConfig, 'theme' | 'darkMode' | 'fontFamily' | 'themeVariables'> {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const fontFamily = getComputedStyle(document.body).fontFamily;
  return {
    theme: 'base',
    darkMode: document.documentElement.dataset.theme === 'dark',
    fontFamily,
    themeVariables: {
      fontFamily,
      fontSize: '14px',
      background: color('bg'),
      primaryColor: color('tint'),
      primaryTextColor: color('text'),
      primaryBorderColor: color('accent'),
      secondaryColor: color('soft'),
      secondaryTextColor: color('text'),
      secondaryBorderColor: color('line-strong'),
      tertiaryColor: color('side'),
      tertiaryTextColor: color('text'),
      tertiaryBorderColor: color('line-strong'),
      lineColor: color('mute'),
      textColor: color('text'),
      mainBkg: color('tint'),
      nodeBorder: color('accent'),
      clusterBkg: color('side'),
      clusterBorder: color('line-strong'),
      edgeLabelBackground: color('side'),
      titleColor: color('text'),
      noteBkgColor: color('warn-tint'),
      noteTextColor: color('text'),
      noteBorderColor: color('warn'),
      errorBkgColor: color('danger-tint'),
      errorTextColor: color('danger'),
      pieStrokeColor: color('bg'),
      pieOuterStrokeColor: color('line-strong'),
      pieSectionTextColor: color('text'),
      pieTitleTextColor: color('text'),
      pieLegendTextColor: color('text'),
    },
  };
}

/** What a diagram may not set for itself: it is the model's text, and the page decides how it looks and what it may do. */
const KEPT: readonly string[] = [
  'secure',
  'securityLevel',
  'startOnLoad',
  'maxTextSize',
  'maxEdges',
  'suppressErrorRendering',
  'htmlLabels',
  'theme',
  'themeVariables',
  'themeCSS',
  'darkMode',
  'fontFamily',
  'altFontFamily',
];

let counter = 0;
let queue: Promise<unknown> = Promise.resolve();

/** Draws Mermaid's source. Rejects where the source is wrong; the error's message names the line. */
export function drawDiagram(source: string): Promise<Drawn> {
  // One at a time: Mermaid keeps its configuration in one place.
  const drawing = queue.then(() => draw(source));
  queue = drawing.catch(() => {});
  return drawing;
}

async function draw(source: string): Promise<Drawn> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    secure: [...KEPT],
    suppressErrorRendering: true,
    // Text as SVG's own rather than HTML inside it: nothing of a label can then be anything but text.
    htmlLabels: false,
    flowchart: { htmlLabels: false, useMaxWidth: true, nodeSpacing: 32, rankSpacing: 40, padding: 12 },
    logLevel: 'fatal',
    ...themeOfPage(),
  });
  counter += 1;
  const { svg } = await mermaid.render(`diagram-${counter}`, source);
  return cleanSvg(svg);
}
