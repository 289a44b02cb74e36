import { randomUUID } from 'node:crypto';
import { AppError } from '../../contract/errors';
import type { SpawnTool, ToolCommand, ToolMessage, ToolProcess } from '../../contract/model-tool';
import type { ModelTask } from '../../contract/models';

interface Work {
  task: ModelTask;
  readonly command: ToolCommand;
  readonly discard: () => Promise<void>;
  process: ToolProcess | null;
}

export interface NewTask {
  readonly kind: ModelTask['kind'];
  readonly name: string;
  readonly modelId: string | null;
  readonly command: ToolCommand;
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
const RESUMABLE: ReadonlySet<ModelTask['kind']> = new Set(['convert', 'libraries']);

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
    if (running && kind !== 'import') {
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
    this.#run(work);
    return work.task;
  }

  /** One that an earlier run of the app had begun: it waits to be resumed. */
  remember({ kind, name, modelId, command, discard }: NewTask): void {
    const task: ModelTask = { ...newTask(kind, name, modelId), state: 'stopped', resumable: true };
    this.#works.set(task.id, { task, command, discard: discard ?? (async () => {}), process: null });
  }

  stop(id: string): void {
    const work = this.#find(id);
    if (work.task.state !== 'running') return;
    this.#end(work, { state: 'stopped', secondsLeft: null });
  }

  resume(id: string): void {
    const work = this.#find(id);
    if (work.task.state === 'running' || work.task.state === 'done') return;
    this.#run(work);
  }

  async dismiss(id: string): Promise<void> {
    const work = this.#find(id);
    if (work.task.state === 'running') this.#end(work, { state: 'stopped' });
    this.#works.delete(id);
    if (work.task.state !== 'done') await work.discard();
    this.#announce();
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

  #run(work: Work): void {
    const process = this.#spawn();
    work.process = process;
    this.#change(work, { state: 'running', error: null, secondsLeft: null, resumable: false });
    process.onMessage((message) => {
      if (work.process !== process) return;
      switch (message.type) {
        case 'progress': {
          const { phase, fraction, secondsLeft } = message;
          this.#change(work, { phase, fraction, secondsLeft }, fraction < 1);
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
    process.send(work.command);
  }

  #end(work: Work, change: Partial<ModelTask>): void {
    const { process } = work;
    work.process = null;
    process?.kill();
    const resumable = change.state !== 'done' && RESUMABLE.has(work.task.kind);
    this.#change(work, { ...change, resumable });
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
    error: null,
    resumable: false,
  };
}

/** What a look that has no task of its own was at. */
function nameOf(command: ToolCommand): string {
  return 'path' in command ? command.path : command.type;
}
