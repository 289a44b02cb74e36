import { closeSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { ModelError } from './errors';
import { type Checkpoint, type JobOptions, openJob } from './families/jobs';
import { runTask } from './weights';

/** A thread of convert.ts: it makes the same plan from the same checkpoint and runs the tasks that it is given by number. */

export interface WorkerInput {
  readonly checkpoint: Checkpoint;
  readonly options: JobOptions;
  readonly weights: string;
}

export type WorkerMessage =
  | { readonly type: 'ready' }
  /** CRC-32 of each range that the task wrote. */
  | { readonly type: 'done'; readonly task: number; readonly checksums: readonly number[] }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly fault: 'checkpoint' | 'bug';
      readonly details?: ModelError['details'];
    };

const port = parentPort;
if (!port) throw new Error('convert-worker.ts runs as a worker thread of convert-tasks.ts');
const send = (message: WorkerMessage) => port.postMessage(message);

function guarded<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof ModelError) {
      send({ type: 'failed', message: text, fault: 'checkpoint', details: error.details });
    } else send({ type: 'failed', message: text, fault: 'bug' });
    return undefined;
  }
}

const { checkpoint, options, weights } = workerData as WorkerInput;
const opened = guarded(() => {
  const job = openJob(checkpoint);
  return { job, plan: job.plan(options), file: openSync(weights, 'r+') };
});
if (opened) {
  const { job, plan, file } = opened;
  port.on('message', (task: number | null) => {
    if (task === null) {
      job.close();
      closeSync(file);
      port.close();
      return;
    }
    const checksums = guarded(() => runTask(plan.tasks[task]!, file).map((data) => crc32(data)));
    if (checksums) send({ type: 'done', task, checksums });
  });
  send({ type: 'ready' });
}
