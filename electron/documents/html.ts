import { decodeText } from './decode-text';
import { DocumentError } from './errors';
import { TextFlow } from './text-flow';

/** Blocks within blocks; browsers go no deeper either (Chromium: 512). A parser's time grows with it, at every closing tag. */
const MAX_DEPTH = 500;
/** A page names its encoding in its first kilobyte. */
const DECLARED = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})/i;

/** What is no text of the page. */
const SKIPPED: ReadonlySet<string> = new Set(['script', 'style', 'title', 'template', 'svg']);
/** What begins on a line of its own. */
const LINES: ReadonlySet<string> = new Set(
  'address article aside body center dd details dialog div dt fieldset figcaption figure footer form header hgroup html legend main nav optgroup option search section summary'.split(
    ' ',
  ),
);
/** What stands apart from what is around it. */
const PARAGRAPHS: ReadonlySet<string> = new Set(['p', 'blockquote', 'dl']);
const OTHERS: readonly string[] = 'h1 h2 h3 h4 h5 h6 ul ol li table caption tr td th pre'.split(' ');
/** Whose beginning and end matter. All others, such as unclosed `<font>`, stand within lines and are not followed. */
const FOLLOWED: ReadonlySet<string> = new Set([...SKIPPED, ...LINES, ...PARAGRAPHS, ...OTHERS]);

/** A page's text in the order of its source: headings and lists marked as in Markdown, tables as rows, no scripts, no addresses. */
export async function htmlText(bytes: Uint8Array): Promise<string> {
  return htmlToText(decodePage(bytes));
}

/** In time and memory that grow as the page does, whatever is in it. */
export async function htmlToText(html: string): Promise<string> {
  const { Parser } = await import('htmlparser2');
  const page = new Page();
  class FlatParser extends Parser {
    protected override isVoidElement(name: string): boolean {
      return !FOLLOWED.has(name) || super.isVoidElement(name);
    }
  }
  const parser = new FlatParser({
    onopentagname: (name) => page.open(name),
    onclosetag: (name) => page.close(name),
    ontext: (text) => page.text(text),
  });
  parser.end(html);
  return page.flow.end();
}

class Page {
  readonly flow = new TextFlow();
  readonly #lists: { readonly ordered: boolean; items: number }[] = [];
  #depth = 0;
  #skipped = 0;
  #pre = 0;

  open(name: string): void {
    if (name === 'br') this.flow.block(1);
    else if (name === 'hr') this.flow.apart();
    if (!FOLLOWED.has(name)) return;
    if (++this.#depth > MAX_DEPTH) throw new DocumentError('too-complex');
    if (SKIPPED.has(name)) this.#skipped++;
    else if (LINES.has(name)) this.flow.block(1);
    else if (PARAGRAPHS.has(name)) this.flow.block(2);
    else this.#begin(name);
  }

  close(name: string): void {
    if (!FOLLOWED.has(name)) return;
    this.#depth--;
    if (SKIPPED.has(name)) this.#skipped--;
    else if (LINES.has(name)) this.flow.block(1);
    else if (PARAGRAPHS.has(name)) this.flow.block(2);
    else this.#end(name);
  }

  text(text: string): void {
    if (this.#skipped > 0) return;
    if (this.#pre > 0) this.flow.lines(text.replaceAll('\r\n', '\n'));
    else this.flow.words(text);
  }

  #begin(name: string): void {
    switch (name) {
      case 'ul':
      case 'ol':
        this.#list();
        this.#lists.push({ ordered: name === 'ol', items: 0 });
        return;
      case 'li':
        this.flow.marked(1, this.#mark());
        return;
      case 'table':
        this.flow.apart();
        return;
      case 'tr':
        this.flow.row();
        return;
      case 'td':
      case 'th':
        this.flow.cell();
        return;
      case 'pre':
        this.flow.apart();
        this.#pre++;
        return;
      case 'caption':
        this.flow.block(1);
        return;
      default:
        this.flow.marked(2, `${'#'.repeat(Number(name.slice(1)))} `);
    }
  }

  #end(name: string): void {
    switch (name) {
      case 'ul':
      case 'ol':
        this.#lists.pop();
        this.#list();
        return;
      case 'li':
        this.flow.endMarked(1);
        return;
      case 'table':
        this.flow.apart();
        return;
      case 'tr':
        this.flow.endRow();
        return;
      case 'td':
      case 'th':
        return;
      case 'pre':
        this.#pre--;
        this.flow.apart();
        return;
      case 'caption':
        this.flow.block(1);
        return;
      default:
        this.flow.endMarked(2);
    }
  }

  /** A list within a list follows its item; others stand apart. */
  #list(): void {
    if (this.#lists.length > 0) this.flow.endMarked(1);
    else this.flow.apart();
  }

  #mark(): string {
    const list = this.#lists.at(-1);
    const indent = '  '.repeat(Math.min(10, Math.max(0, this.#lists.length - 1)));
    return list?.ordered ? `${indent}${++list.items}. ` : `${indent}- `;
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
