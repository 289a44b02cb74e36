import { decodeText } from './decode-text';
import { DocumentError } from './errors';

/** Deeper than any page for people; its parser calls itself once a level. */
const MAX_DEPTH = 200;
/** A page names its encoding in its first kilobyte. */
const DECLARED = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})/i;

/** A page's text in the order of its source: headings and lists marked as in Markdown, tables as rows, no scripts, no addresses. */
export async function htmlText(bytes: Uint8Array): Promise<string> {
  return htmlToText(decodePage(bytes));
}

export async function htmlToText(html: string): Promise<string> {
  const { convert } = await import('html-to-text');
  const heading = (level: number) => ({
    selector: `h${level}`,
    format: 'markedHeading',
    options: { level },
  });
  try {
    return convert(html, {
      wordwrap: false,
      limits: { maxDepth: MAX_DEPTH, maxInputLength: Number.MAX_SAFE_INTEGER },
      formatters: {
        markedHeading: (element, walk, builder, { level }) => {
          builder.openBlock({ leadingLineBreaks: 2 });
          builder.addInline(`${'#'.repeat(Number(level))} `);
          walk(element.children, builder);
          builder.closeBlock({ trailingLineBreaks: 2 });
        },
      },
      selectors: [
        ...[1, 2, 3, 4, 5, 6].map(heading),
        { selector: 'a', options: { ignoreHref: true } },
        { selector: 'img', format: 'skip' },
        { selector: 'svg', format: 'skip' },
        { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false, colSpacing: 2 } },
        { selector: 'ul', options: { itemPrefix: '- ' } },
      ],
    });
  } catch (error) {
    if (error instanceof RangeError) throw new DocumentError('too-complex');
    throw error;
  }
}

function decodePage(bytes: Uint8Array): string {
  const head = String.fromCharCode(...bytes.subarray(0, 1_024));
  const declared = DECLARED.exec(head)?.[1];
  if (declared && !head.startsWith('\xef\xbb\xbf')) {
    try {
      return new TextDecoder(declared, { fatal: true }).decode(bytes);
    } catch {
      // Unknown, or not what it says.
    }
  }
  return decodeText(bytes).text;
}
