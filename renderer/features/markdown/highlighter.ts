import type { Grammar } from './grammars';
import type { HighlightAnswer, HighlightRequest, Line } from './highlight-messages';

interface Highlighted {
  readonly lines: readonly Line[];
  readonly consumed: number;
}

let worker: Worker | undefined;
let nextId = 1;
const waiting = new Map<number, CodeHighlighting>();

/** Finished blocks, so that one that scrolls back into view has its colours at once. */
const finished = new Map<string, Highlighted>();
const MOST_FINISHED = 200;

function send(request: HighlightRequest): void {
  // Absent in unit tests; code then stays plain.
  if (typeof Worker === 'undefined') return;
  if (!worker) {
    worker = new Worker(new URL('./highlight-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<HighlightAnswer>) => {
      waiting.get(data.id)?.receive(data);
    });
  }
  worker.postMessage(request);
}

/** One block's colours, kept up with while its text grows. */
export class CodeHighlighting {
  readonly #id = nextId++;
  readonly #grammar: Grammar;
  readonly #changed: () => void;
  #run = 0;
  #sent = '';
  #complete = false;
  #lines: readonly Line[] = [];
  #consumed = 0;

  constructor(grammar: Grammar, changed: () => void) {
    this.#grammar = grammar;
    this.#changed = changed;
    waiting.set(this.#id, this);
  }

  /** What of this text is highlighted; the rest is drawn plain. */
  of(code: string): Highlighted {
    const known = finished.get(cacheKey(this.#grammar, code));
    if (known) return known;
    const fits = this.#consumed <= code.length && code.startsWith(this.#sent.slice(0, this.#consumed));
    return fits ? { lines: this.#lines, consumed: this.#consumed } : { lines: [], consumed: 0 };
  }

  update(code: string, complete: boolean): void {
    if (finished.has(cacheKey(this.#grammar, code))) return;
    if (code === this.#sent && complete === this.#complete) return;
    if (!code.startsWith(this.#sent)) {
      this.#run += 1;
      this.#sent = '';
      this.#lines = [];
      this.#consumed = 0;
    }
    const added = code.slice(this.#sent.length);
    this.#sent = code;
    this.#complete = complete;
    send({ type: 'update', id: this.#id, run: this.#run, grammar: this.#grammar, added, complete });
  }

  receive({ run, lines, consumed }: HighlightAnswer): void {
    if (run !== this.#run) return;
    this.#lines = [...this.#lines, ...lines];
    this.#consumed = consumed;
    if (this.#complete && consumed === this.#sent.length) {
      const oldest = finished.keys().next();
      if (finished.size >= MOST_FINISHED && !oldest.done) finished.delete(oldest.value);
      finished.set(cacheKey(this.#grammar, this.#sent), { lines: this.#lines, consumed });
    }
    this.#changed();
  }

  dispose(): void {
    waiting.delete(this.#id);
    send({ type: 'dispose', id: this.#id });
  }
}

function cacheKey(grammar: Grammar, code: string): string {
  return `${grammar}\n${code}`;
}
