import { Worker } from 'node:worker_threads';

/** Far more than a document of the largest size takes. */
const MAX_MEMORY_BYTES = 1_500 * 1024 * 1024;

/**
 * Ends the process when it takes too much memory, also in the middle of a parser that never pauses: a file of some kilobytes can ask
 * for any amount. A thread of its own looks; in JavaScript's text, as it needs nothing but Node.
 */
export function guardMemory(maxBytes = MAX_MEMORY_BYTES): void {
  const look = `setInterval(() => {
    if (process.memoryUsage.rss() > ${maxBytes}) process.kill(process.pid, 'SIGKILL');
  }, 50);`;
  const worker = new Worker(look, {
    eval: true,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  worker.unref();
}
