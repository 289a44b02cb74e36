import type { Manifest } from '../../electron/contract/manifest';
import { startProgress } from '../builder/progress';
import { answerAll, type Job, type Outcome } from './pool';
import { isTaken, type Line } from './sets';

export type Mode = 'on' | 'off' | 'both';

export interface EvaluateOptions {
  readonly maxTokens: number;
  readonly processes: number;
  readonly cuda?: string;
  readonly beamWidth?: number;
}

/** Every job's outcome; progress and speed go to the terminal. */
export async function evaluate(
  folder: string,
  label: string,
  jobs: readonly Job[],
  options: EvaluateOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = new Array(jobs.length);
  const progress = startProgress(label);
  const started = performance.now();
  let done = 0;
  try {
    await answerAll(jobs, {
      folder,
      processes: options.processes,
      maxTokens: options.maxTokens,
      cuda: options.cuda,
      beamWidth: options.beamWidth,
      onOutcome: (outcome, index) => {
        outcomes[index] = outcome;
        progress.update(++done / jobs.length);
      },
    });
  } finally {
    progress.stop();
  }
  const seconds = (performance.now() - started) / 1000;
  const tokens = outcomes.reduce((sum, outcome) => sum + outcome.tokens, 0);
  const rate = (tokens / seconds).toFixed(0);
  console.log(
    `${label}: ${jobs.length} answers, ${tokens} tokens in ${seconds.toFixed(0)} s, ${rate} tokens/s\n`,
  );
  return outcomes;
}

/** In each mode, thinking first, the lines that the package takes. A transcript is written without thinking, whatever the mode, and once. */
export function jobsOf(lines: readonly Line[], manifest: Pick<Manifest, 'modalities'>, mode: Mode): Job[] {
  const taken = lines.filter((line) => isTaken(line, manifest));
  const modes = mode === 'both' ? [true, false] : [mode === 'on'];
  return modes.flatMap((thinking, i) =>
    taken
      .filter((line) => line.messages || i === modes.length - 1)
      .map((line) => ({ line, thinking: thinking && line.messages !== undefined })),
  );
}
