import { MAX_DOCUMENT_CHARACTERS } from '../contract/documents';
import { DocumentError } from './errors';

/** Of a table's cell: what is shorter stays on its row's line, however many paragraphs it has; longer ones are a page's layout. */
const SHORT_CELL = 200;

interface Row {
  /** The line it began on; see `#lines`. */
  line: number;
  hasCells: boolean;
  /** Characters that stood before its last cell. */
  cell: number;
}

/** Text that is written from a page's beginning to its end, as blocks, items and rows. What it holds is bounded. */
export class TextFlow {
  readonly #parts: string[] = [];
  #length = 0;
  /** Lines or paragraphs that were begun. */
  #lines = 0;
  /** What is due before the next words. */
  #breaks = 0;
  #mark = '';
  #glue = '';
  #space = false;
  readonly #rows: Row[] = [];

  /** Words, with any white space between them. */
  words(text: string): void {
    const single = text.replace(/[ \t\n\f\r\u00a0]+/g, ' ');
    this.#space ||= single.startsWith(' ');
    const words = single.trim();
    if (words === '') return;
    this.#write(words);
    this.#space = single.endsWith(' ');
  }

  /** Lines as they are. */
  lines(text: string): void {
    if (text.trim() === '' && this.#length === 0) return;
    this.#write(text);
    this.#space = false;
  }

  /** 1: a new line; 2: a new paragraph. Within a short cell it is a space. */
  block(breaks: 1 | 2): void {
    const row = this.#rows.at(-1);
    // An item's own first paragraph stands beside its mark.
    if (this.#mark !== '') return;
    if (row?.hasCells && this.#length - row.cell < SHORT_CELL) this.#space = true;
    else this.#break(breaks);
  }

  /** A heading or an item of a list; `mark` stands before its words. */
  marked(breaks: 1 | 2, mark: string): void {
    this.#mark = '';
    this.#break(breaks);
    this.#mark = mark;
  }

  endMarked(breaks: 1 | 2): void {
    this.#mark = '';
    this.#break(breaks);
  }

  /** What stands by itself, also within a cell. */
  apart(): void {
    this.#mark = '';
    this.#break(2);
  }

  row(): void {
    this.#break(1);
    this.#rows.push({ line: this.#line(), hasCells: false, cell: this.#length });
  }

  /** Cells of a row stand beside each other, unless one of them was more than a line. */
  cell(): void {
    const row = this.#rows.at(-1);
    if (!row) {
      this.block(1);
      return;
    }
    if (row.hasCells && row.line === this.#line()) this.#glue += ' | ';
    else if (row.hasCells) this.#break(1);
    row.hasCells = true;
    row.cell = this.#length;
    if (this.#glue.length > MAX_DOCUMENT_CHARACTERS) throw new DocumentError('too-much-text');
  }

  endRow(): void {
    this.#rows.pop();
    this.#break(1);
  }

  end(): string {
    return this.#parts.join('');
  }

  /** The line that the next words will stand on. */
  #line(): number {
    return this.#lines + (this.#breaks > 0 && this.#length > 0 ? 1 : 0);
  }

  #break(breaks: 1 | 2): void {
    this.#breaks = Math.max(this.#breaks, breaks);
    this.#glue = '';
    this.#space = false;
  }

  #write(text: string): void {
    const begins = this.#length === 0 || this.#breaks > 0;
    if (this.#breaks > 0 && this.#length > 0) {
      this.#lines++;
      this.#push('\n'.repeat(this.#breaks));
    }
    if (this.#glue !== '') this.#push(begins ? this.#glue.trimStart() : this.#glue);
    else if (this.#space && !begins) this.#push(' ');
    if (this.#mark !== '') this.#push(this.#mark);
    this.#push(text);
    this.#breaks = 0;
    this.#glue = '';
    this.#mark = '';
  }

  #push(text: string): void {
    this.#length += text.length;
    if (this.#length > MAX_DOCUMENT_CHARACTERS) throw new DocumentError('too-much-text');
    this.#parts.push(text);
  }
}
