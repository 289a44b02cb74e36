import type {
  DocumentCommand,
  DocumentMessage,
  DocumentType,
  Extracted,
  Ranking,
  RankRequest,
} from '../../contract/documents';
import { AppError } from '../../contract/errors';
import type { Refusal } from '../../contract/media';
import type { ToolProcess } from '../../contract/model-tool';

export type DocumentProcess = ToolProcess<DocumentCommand, DocumentMessage>;
export type SpawnDocumentTool = () => DocumentProcess;

export interface DocumentToolOptions {
  readonly spawn: SpawnDocumentTool | null;
  readonly extractMs?: number;
  readonly quickMs?: number;
  readonly rankMs?: number;
  readonly idleMs?: number;
}

/** Thousands of pages take half a minute on a slow machine; who waits longer than this has the wrong file. */
const EXTRACT_MS = 180_000;
/** Whoever takes longer lets the next one by. */
const QUICK_MS = 10_000;
const RANK_MS = 60_000;
/** A question is often followed by another. */
const IDLE_MS = 30_000;

type Command = DocumentCommand extends infer C ? (C extends DocumentCommand ? Omit<C, 'id'> : never) : never;
type Answer = Exclude<DocumentMessage, { readonly type: 'refused' | 'failed' }>;

/** Thrown by `extract`; the store, which knows the file's name, says it to people. */
export class DocumentRefused extends Error {
  override readonly name = 'DocumentRefused';
  readonly reason: Refusal;

  constructor(reason: Refusal) {
    super(reason);
    this.reason = reason;
  }
}

/** The process that reads documents: a new one for each file, which may be anything, and one that is kept for ranking what was read. */
export class DocumentTool {
  readonly #options: DocumentToolOptions;
  /** Two at a time, one of them slow: each may take more than a gigabyte. */
  readonly #quick = new Turns();
  readonly #slow = new Turns();
  #ranking: Promise<unknown> = Promise.resolve();
  #ranker: DocumentProcess | null = null;
  #idle: ReturnType<typeof setTimeout> | null = null;
  #ids = 0;
  #running = new Set<DocumentProcess>();
  #isClosed = false;

  constructor(options: DocumentToolOptions) {
    this.#options = options;
  }

  /**
   * Writes the text of the file `path` to `out`. A file that takes long holds up those behind it for `quickMs` and no longer: it goes on
   * beside them, or where another slow one does that already, begins again after that.
   *
   * @throws DocumentRefused; AppError `unavailable` in a host without such a process
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
  rank(request: RankRequest): Promise<Ranking> {
    const work = async () => {
      if (this.#idle) clearTimeout(this.#idle);
      this.#ranker ??= this.#spawn();
      const process = this.#ranker;
      try {
        const { rankMs = RANK_MS } = this.#options;
        const message = await this.#ask(process, { type: 'rank', ...request }, rankMs);
        if (message.type === 'ranked') return message;
        throw new Error('The process answered something else.');
      } catch (error) {
        this.#endRanker();
        if (!(error instanceof ProcessEnded)) throw error;
        throw new AppError('internal', `The documents could not be searched: the process ${error.message}.`, {
          kind: 'documents-unsearched',
        });
      } finally {
        this.#idle = setTimeout(() => this.#endRanker(), this.#options.idleMs ?? IDLE_MS);
        this.#idle.unref();
      }
    };
    const ranked = this.#ranking.then(work);
    this.#ranking = ranked.catch(() => {});
    return ranked;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#idle) clearTimeout(this.#idle);
    for (const process of this.#running) process.kill();
    this.#running.clear();
    this.#ranker = null;
  }

  #read(command: Extract<Command, { type: 'extract' }>) {
    const process = this.#spawn();
    const { extractMs = EXTRACT_MS } = this.#options;
    const end = () => this.#end(process);
    const done = this.#ask(process, command, extractMs)
      .then((message): Extracted => {
        if (message.type === 'extracted') return message;
        throw new Error('The process answered something else.');
      })
      .catch((error: unknown) => {
        // It ran out of memory or time, or its parser crashed: the file is at fault.
        throw error instanceof ProcessEnded ? new DocumentRefused('too-complex') : error;
      })
      .finally(end);
    return { done, end };
  }

  #ask(process: DocumentProcess, command: Command, limitMs: number): Promise<Answer> {
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new ProcessEnded(`took longer than ${limitMs / 1000} seconds`));
        this.#end(process);
      }, limitMs);
      const settle = (work: () => void) => {
        clearTimeout(timer);
        work();
      };
      process.onMessage((message) => {
        if (message.id !== id) return;
        if (message.type === 'refused') settle(() => reject(new DocumentRefused(message.reason)));
        else if (message.type === 'failed') settle(() => reject(toAppError(message)));
        else settle(() => resolve(message));
      });
      process.onExit((reason) => settle(() => reject(new ProcessEnded(reason))));
      process.send({ ...command, id });
    });
  }

  #spawn(): DocumentProcess {
    const { spawn } = this.#options;
    // What waited for its turn while the app was being closed.
    if (this.#isClosed) throw new AppError('aborted', 'The app is closing.');
    if (!spawn)
      throw new AppError('unavailable', 'Documents cannot be read here.', { kind: 'documents-unread' });
    const process = spawn();
    this.#running.add(process);
    process.onExit(() => this.#running.delete(process));
    return process;
  }

  #end(process: DocumentProcess): void {
    this.#running.delete(process);
    process.kill();
  }

  #endRanker(): void {
    if (this.#ranker) this.#end(this.#ranker);
    this.#ranker = null;
  }
}

class ProcessEnded extends Error {}

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

function toAppError({ error }: Extract<DocumentMessage, { type: 'failed' }>): AppError {
  return AppError.of(error);
}
