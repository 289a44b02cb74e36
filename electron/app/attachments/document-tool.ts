import {
  type DocumentType,
  type Extracted,
  type Ranking,
  type RankRequest,
  READER_MISSING,
} from '../../contract/documents';
import type { DrawingSize } from '../../contract/drawing';
import { AppError } from '../../contract/errors';
import {
  type Answer,
  type DocumentProcess,
  DocumentReader,
  DocumentRefused,
  ProcessEnded,
  type Question,
  type SpawnDocumentTool,
} from './document-reader';

export interface DocumentToolOptions {
  readonly spawn: SpawnDocumentTool | null;
  readonly startMs?: number;
  readonly extractMs?: number;
  readonly quickMs?: number;
  readonly rankMs?: number;
  readonly drawMs?: number;
  readonly idleMs?: number;
}

/** Thousands of pages take half a minute on a slow machine; who waits longer than this has the wrong file. */
const EXTRACT_MS = 180_000;
/** Whoever takes longer lets the next one by. */
const QUICK_MS = 10_000;
const RANK_MS = 60_000;
/** Most drawings take a thousandth of it; filters upon filters can take hours. */
const DRAW_MS = 20_000;
/** A question is often followed by another. */
const IDLE_MS = 30_000;

/** The process that reads documents: a new one for each file, which may be anything, and one each that is kept for ranking what was read, and for SVG. */
export class DocumentTool {
  readonly #options: DocumentToolOptions;
  /** Two at a time, one of them slow: each may take more than a gigabyte. */
  readonly #quick = new Turns();
  readonly #slow = new Turns();
  readonly #ranker: KeptReader;
  readonly #drawer: KeptReader;
  readonly #running = new Set<DocumentReader>();
  #isClosed = false;

  constructor(options: DocumentToolOptions) {
    this.#options = options;
    const kept = () => new KeptReader(() => this.#begin(), options.idleMs ?? IDLE_MS);
    this.#ranker = kept();
    this.#drawer = kept();
  }

  /**
   * Writes the text of the file `path` to `out`. A file that takes long holds up those behind it for `quickMs` and no longer: it goes on
   * beside them, or where another slow one does that already, begins again after that.
   *
   * @throws DocumentRefused; AppError `unavailable` in a host without such a process, `internal` where it cannot be started
   */
  async extract(path: string, mediaType: DocumentType, out: string): Promise<Extracted> {
    const { quickMs = QUICK_MS } = this.#options;
    const read = () => this.#read({ type: 'extract', path, out, mediaType });
    const begun = await this.#quick.take(async () => {
      const reading = read();
      if (await isOverWithin(reading.done, quickMs)) return { done: reading.done };
      if (this.#slow.isFree) return { done: this.#slow.take(() => reading.done) };
      reading.end();
      return null;
    });
    return begun === null ? this.#slow.take(() => read().done) : begun.done;
  }

  /** @throws AppError `internal` when the process dies */
  async rank(request: RankRequest): Promise<Ranking> {
    const { rankMs = RANK_MS } = this.#options;
    try {
      return answerOf('ranked', await this.#ranker.ask({ type: 'rank', ...request }, rankMs));
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
      throw new AppError('internal', `The documents could not be searched: the process ${error.message}.`, {
        kind: 'documents-unsearched',
      });
    }
  }

  /** @returns the SVG's size, or that at which it was drawn to pixels. @throws as `extract` does */
  async draw(question: Extract<Question, { type: 'measure' | 'preview' | 'draw' }>): Promise<DrawingSize> {
    try {
      const answer = await this.#drawer.ask(question, this.#options.drawMs ?? DRAW_MS);
      const { width, height } = answerOf('drawn', answer);
      return { width, height };
    } catch (error) {
      throw asRefusal(error);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const reader of this.#running) reader.end(closing());
    this.#running.clear();
  }

  #read(question: Extract<Question, { type: 'extract' }>) {
    const reader = this.#begin();
    const { extractMs = EXTRACT_MS } = this.#options;
    const end = () => reader.end();
    const done = reader
      .ask(question, extractMs)
      .then((answer): Extracted => answerOf('extracted', answer))
      .catch((error: unknown) => {
        throw asRefusal(error);
      })
      .finally(end);
    return { done, end };
  }

  #begin(): DocumentReader {
    const { spawn, startMs } = this.#options;
    // What waited for its turn while the app was being closed.
    if (this.#isClosed) throw closing();
    if (!spawn)
      throw new AppError('unavailable', 'Documents cannot be read here.', { kind: 'documents-unread' });
    const process = started(spawn);
    const reader = new DocumentReader(process, startMs);
    this.#running.add(reader);
    process.onExit(() => this.#running.delete(reader));
    return reader;
  }
}

function started(spawn: SpawnDocumentTool): DocumentProcess {
  try {
    return spawn();
  } catch {
    throw AppError.of(READER_MISSING);
  }
}

/** What a question of its kind is answered with. */
function answerOf<Type extends Answer['type']>(type: Type, answer: Answer): Extract<Answer, { type: Type }> {
  if (answer.type === type) return answer as Extract<Answer, { type: Type }>;
  throw new Error('The process answered something else.');
}

function closing(): AppError {
  return new AppError('aborted', 'The app is closing.');
}

/** It ran out of memory or time, or its parser crashed: the file is at fault. */
function asRefusal(error: unknown): unknown {
  return error instanceof ProcessEnded ? new DocumentRefused('too-complex') : error;
}

/** A process that is kept for what is asked next, and asked one thing after the other. */
class KeptReader {
  readonly #begin: () => DocumentReader;
  readonly #idleMs: number;
  readonly #turns = new Turns();
  #reader: DocumentReader | null = null;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(begin: () => DocumentReader, idleMs: number) {
    this.#begin = begin;
    this.#idleMs = idleMs;
  }

  ask(question: Question, limitMs: number): Promise<Answer> {
    return this.#turns.take(async () => {
      clearTimeout(this.#idle);
      // It may have ended meanwhile.
      if (!this.#reader?.isRunning) this.#reader = this.#begin();
      try {
        return await this.#reader.ask(question, limitMs);
      } catch (error) {
        if (!(error instanceof DocumentRefused)) this.#end();
        throw error;
      } finally {
        this.#idle = setTimeout(() => this.#end(), this.#idleMs);
        this.#idle.unref();
      }
    });
  }

  #end(): void {
    this.#reader?.end();
    this.#reader = null;
  }
}

/** One work after the other. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #taken = 0;

  get isFree(): boolean {
    return this.#taken === 0;
  }

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#taken++;
    const result = this.#last.then(work);
    this.#last = result.then(
      () => this.#taken--,
      () => this.#taken--,
    );
    return result;
  }
}

async function isOverWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const over = () => true;
  return Promise.race([work.then(over, over), late]).finally(() => clearTimeout(timer));
}
