import { type DocumentCommand, type DocumentMessage, READER_MISSING } from '../../contract/documents';
import { AppError } from '../../contract/errors';
import type { Refusal } from '../../contract/media';
import type { ToolProcess } from '../../contract/model-tool';

export type DocumentProcess = ToolProcess<DocumentCommand, DocumentMessage>;
export type SpawnDocumentTool = () => DocumentProcess;

type Unnumbered<C> = C extends DocumentCommand ? Omit<C, 'id'> : never;
export type Question = Unnumbered<DocumentCommand>;
export type Answer = Exclude<DocumentMessage, { readonly type: 'ready' | 'refused' | 'failed' }>;

/** Why a file is not taken; the store, which knows the file's name, says it to people. */
export class DocumentRefused extends Error {
  override readonly name = 'DocumentRefused';
  readonly reason: Refusal;

  constructor(reason: Refusal) {
    super(reason);
    this.reason = reason;
  }
}

/** The message ends the sentence "The process …". */
export class ProcessEnded extends Error {}

/** It takes a fifth of a second; many processes on a slow disk may take a hundred times that. */
const START_MS = 60_000;

interface Waiting {
  readonly send: () => void;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** One of the processes that look into files. */
export class DocumentReader {
  readonly #process: DocumentProcess;
  readonly #waiting = new Map<number, Waiting>();
  /** One that ends before it could be asked anything ends for no file's sake. */
  #isStarted = false;
  #isRunning = true;
  #ids = 0;

  constructor(process: DocumentProcess, startMs = START_MS) {
    this.#process = process;
    const late = setTimeout(() => this.end(AppError.of(READER_MISSING)), startMs);
    process.onMessage((message) => {
      if (message.type === 'ready') {
        clearTimeout(late);
        this.#isStarted = true;
        for (const { send } of this.#waiting.values()) send();
        return;
      }
      const waiting = this.#waiting.get(message.id);
      if (message.type === 'refused') waiting?.reject(new DocumentRefused(message.reason));
      else if (message.type === 'failed') waiting?.reject(AppError.of(message.error));
      else waiting?.resolve(message);
    });
    process.onExit((reason) => {
      clearTimeout(late);
      this.#isRunning = false;
      this.#fail(this.#isStarted ? new ProcessEnded(reason) : AppError.of(READER_MISSING));
    });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** @param limitMs from when it can be asked. @throws DocumentRefused; ProcessEnded when it dies or takes longer; AppError that it says, or where a part of the app is missing */
  ask(question: Question, limitMs: number): Promise<Answer> {
    const id = ++this.#ids;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const answer = new Promise<Answer>((resolve, reject) => {
      const send = () => {
        timer = setTimeout(
          () => this.end(new ProcessEnded(`took longer than ${limitMs / 1000} seconds`)),
          limitMs,
        );
        this.#process.send({ ...question, id });
      };
      this.#waiting.set(id, { send, resolve, reject });
      if (this.#isStarted) send();
    });
    return answer.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    });
  }

  /** What was asked of it fails for this reason. */
  end(error: Error = new ProcessEnded('was ended')): void {
    this.#isRunning = false;
    this.#fail(error);
    this.#process.kill();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
