import { randomUUID } from 'node:crypto';
import { AppError, toErrorInfo } from '../../contract/errors';
import type { SpawnTool, ToolCommand, ToolMessage, ToolProcess } from '../../contract/model-tool';
import type { ModelTask } from '../../contract/models';

/** What is to be done; asked for at each beginning where it depends on what is so then. */
type Command = ToolCommand | (() => Promise<ToolCommand>);

interface Work {
  task: ModelTask;
  readonly command: Command;
  readonly discard: () => Promise<void>;
  process: ToolProcess | null;
}

export interface NewTask {
  readonly kind: ModelTask['kind'];
  readonly name: string;
  readonly modelId: string | null;
  readonly command: Command;
  /** Takes away what the task had made, when it is dismissed unfinished. */
  readonly discard?: () => Promise<void>;
}

export interface ModelTasksOptions {
  readonly spawn: SpawnTool | null;
  readonly changed: (tasks: readonly ModelTask[]) => void;
  /** A task has come to its end, and what it was for may be there now. */
  readonly finished: (task: ModelTask) => void;
  readonly log: (line: string) => void;
}

/** Conversions and downloads keep what they had done; copying and comparing begin anew. */
const RESUMABLE: ReadonlySet<ModelTask['kind']> = new Set(['convert', 'libraries', 'get']);

/** One at a time, the others in the order they came: each takes all of the line, or of the processor. */
const QUEUED: ReadonlySet<ModelTask['kind']> = new Set(['get']);

/** Pages hear of progress at most so often. */
const PROGRESS_INTERVAL_MS = 150;

/** Long work on models, each piece in a process of its own: it may take all cores and gigabytes, or crash, and the app goes on. */
export class ModelTasks {
  readonly #options: ModelTasksOptions;
  readonly #works = new Map<string, Work>();
  #announced = 0;

  constructor(options: ModelTasksOptions) {
    this.#options = options;
  }

  list(): readonly ModelTask[] {
    return [...this.#works.values()].map(({ task }) => task);
  }

  /** @throws AppError `busy` while work of this kind is going on: two conversions would only slow each other. */
  start({ kind, name, modelId, command, discard }: NewTask): ModelTask {
    const running = this.list().find((task) => task.state === 'running' && task.kind === kind);
    if (running && kind !== 'import' && !QUEUED.has(kind)) {
      throw new AppError('busy', `${running.name} is being worked on. Wait until it is done, or stop it.`, {
        kind: 'work-busy',
        name: running.name,
      });
    }
    const work: Work = {
      task: newTask(kind, name, modelId),
      command,
      discard: discard ?? (async () => {}),
      process: null,
    };
    this.#works.set(work.task.id, work);
    this.#begin(work);
    return work.task;
  }

  /** One that an earlier run of the app had begun: it waits to be resumed. */
  remember(
    { kind, name, modelId, command, discard }: NewTask,
    reached: Partial<Pick<ModelTask, 'fraction' | 'transfer'>> = {},
  ): void {
    const task: ModelTask = {
      ...newTask(kind, name, modelId),
      ...reached,
      state: 'stopped',
      resumable: true,
    };
    this.#works.set(task.id, { task, command, discard: discard ?? (async () => {}), process: null });
  }

  stop(id: string): void {
    const work = this.#find(id);
    if (!isGoingOn(work)) return;
    this.#end(work, { state: 'stopped', secondsLeft: null });
  }

  resume(id: string): void {
    const work = this.#find(id);
    if (isGoingOn(work) || work.task.state === 'done') return;
    // Behind those that wait already.
    this.#works.delete(id);
    this.#works.set(id, work);
    this.#begin(work);
  }

  async dismiss(id: string): Promise<void> {
    const work = this.#find(id);
    if (isGoingOn(work)) this.#end(work, { state: 'stopped' });
    this.#works.delete(id);
    this.#announce();
    if (work.task.state !== 'done') await work.discard();
  }

  /** What a process answers to one command, without a place in the list: for a look into a folder. */
  ask(command: ToolCommand): Promise<Extract<ToolMessage, { type: 'done' }>> {
    return new Promise((resolve, reject) => {
      const process = this.#spawn();
      process.onMessage((message) => {
        if (message.type === 'progress') return;
        process.kill();
        if (message.type === 'done') resolve(message);
        else reject(AppError.of(message.error));
      });
      process.onExit((reason) =>
        reject(
          new AppError('internal', `The process ${reason}.`, { kind: 'work-died', name: nameOf(command) }),
        ),
      );
      process.send(command);
    });
  }

  close(): void {
    for (const work of this.#works.values()) work.process?.kill();
    this.#works.clear();
  }

  #begin(work: Work): void {
    const { kind } = work.task;
    const before = [...this.#works.values()].some(
      (other) => other !== work && other.task.kind === kind && isGoingOn(other),
    );
    if (QUEUED.has(kind) && before) {
      this.#change(work, {
        state: 'queued',
        error: null,
        secondsLeft: null,
        waiting: null,
        resumable: false,
      });
    } else this.#run(work);
  }

  /** The next of a kind whose turn it is. */
  #next(kind: ModelTask['kind']): void {
    const all = [...this.#works.values()].filter(({ task }) => task.kind === kind);
    const next = all.find(({ task }) => task.state === 'queued');
    if (next && !all.some(({ task }) => task.state === 'running')) this.#run(next);
  }

  #run(work: Work): void {
    const process = this.#spawn();
    work.process = process;
    this.#change(work, { state: 'running', error: null, secondsLeft: null, waiting: null, resumable: false });
    process.onMessage((message) => {
      if (work.process !== process) return;
      switch (message.type) {
        case 'progress': {
          const { phase, fraction, secondsLeft, transfer = null, waiting = null } = message;
          this.#change(work, { phase, fraction, secondsLeft, transfer, waiting }, fraction < 1);
          return;
        }
        case 'done':
          this.#end(work, { state: 'done', fraction: 1, secondsLeft: null });
          this.#options.finished(work.task);
          return;
        case 'failed':
          this.#options.log(`${work.task.name}: ${message.error.message}`);
          this.#end(work, { state: 'failed', error: message.error, secondsLeft: null });
          return;
      }
    });
    process.onExit((reason) => {
      if (work.process !== process) return;
      const message = `The process that worked on ${work.task.name} ${reason}. Try again.`;
      const details = { kind: 'work-died', name: work.task.name };
      this.#end(work, { state: 'failed', error: { code: 'internal', message, details }, secondsLeft: null });
    });
    void this.#send(work, process);
  }

  async #send(work: Work, process: ToolProcess): Promise<void> {
    try {
      const command = typeof work.command === 'function' ? await work.command() : work.command;
      if (work.process === process) process.send(command);
    } catch (error) {
      if (work.process !== process) return;
      this.#end(work, { state: 'failed', error: toErrorInfo(error), secondsLeft: null });
    }
  }

  #end(work: Work, change: Partial<ModelTask>): void {
    const { process } = work;
    work.process = null;
    process?.kill();
    const resumable = change.state !== 'done' && RESUMABLE.has(work.task.kind);
    this.#change(work, { ...change, waiting: null, resumable });
    this.#next(work.task.kind);
  }

  #change(work: Work, change: Partial<ModelTask>, often = false): void {
    work.task = { ...work.task, ...change };
    const now = performance.now();
    if (often && now - this.#announced < PROGRESS_INTERVAL_MS) return;
    this.#announced = now;
    this.#announce();
  }

  #announce(): void {
    this.#options.changed(this.list());
  }

  #spawn(): ToolProcess {
    const { spawn } = this.#options;
    if (spawn) return spawn();
    throw new AppError('unavailable', 'This host cannot work on models. Use npm run model instead.', {
      kind: 'work-unavailable',
    });
  }

  #find(id: string): Work {
    const work = this.#works.get(id);
    if (work) return work;
    throw new AppError('not-found', 'This task is gone.', { kind: 'work-gone' });
  }
}

function newTask(kind: ModelTask['kind'], name: string, modelId: string | null): ModelTask {
  return {
    id: randomUUID(),
    kind,
    name,
    modelId,
    state: 'running',
    phase: null,
    fraction: 0,
    secondsLeft: null,
    transfer: null,
    waiting: null,
    error: null,
    resumable: false,
  };
}

const isGoingOn = ({ task }: Work): boolean => task.state === 'running' || task.state === 'queued';

/** What a look that has no task of its own was at. */
function nameOf(command: ToolCommand): string {
  return 'path' in command ? command.path : command.type;
}

/** The process ended well and did not answer what it was asked of `path`. */
export const silent = (path: string) =>
  new AppError('internal', `Nothing was said of ${path}.`, { kind: 'work-silent', folder: path });
