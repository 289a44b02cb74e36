import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Line } from './sets';
import type { Task, WorkerMessage } from './worker';

/** Beside this file, bundled as it is. */
const WORKER = path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.mjs');

export interface Job {
  readonly line: Line;
  readonly thinking: boolean;
}

export interface Outcome extends Job {
  readonly answer: string;
  readonly reasoning: string;
  /** Of `of` answers, words or characters. */
  readonly right: number;
  readonly of: number;
  readonly tokens: number;
}

export interface PoolOptions {
  readonly folder: string;
  readonly processes: number;
  readonly maxTokens: number;
  /** Settings of the engine's CUDA provider, a JSON object; on the CPU without. */
  readonly cuda?: string;
  /** Transcripts that are followed side by side; absent: as the engine does it. */
  readonly beamWidth?: number;
  readonly onOutcome: (outcome: Outcome, index: number) => void;
}

/**
 * Answers every job with the package in `folder`. The engine decodes one token of one sequence at a time, so a process a core, each
 * with one thread, is what keeps all cores busy. What is answered does not depend on their number.
 *
 * @throws Error when the model cannot be loaded or an answer fails: a figure from half the lines would be no figure.
 */
export async function answerAll(jobs: readonly Job[], options: PoolOptions): Promise<void> {
  let next = 0;
  const children: ChildProcess[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(WORKER, [options.folder, ...(options.cuda ? [options.cuda] : [])], {
        serialization: 'advanced',
      });
      children.push(child);
      const give = () => {
        const index = next++;
        const job = jobs[index];
        if (!job) {
          child.disconnect();
          return;
        }
        const { maxTokens, beamWidth } = options;
        const task: Task = { index, ...job, maxTokens, beamWidth };
        child.send(task);
      };
      child.on('message', (message: WorkerMessage) => {
        if (message.type === 'failed') {
          reject(new Error(message.reason));
          return;
        }
        if (message.type === 'outcome') {
          const job = jobs[message.index]!;
          options.onOutcome({ ...job, ...message.outcome }, message.index);
        }
        give();
      });
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`An evaluation process ended early (${signal ?? `exit code ${code}`}).`));
      });
    });
  try {
    await Promise.all(Array.from({ length: Math.min(options.processes, jobs.length) }, work));
  } finally {
    for (const child of children) child.kill();
  }
}
