import type { GenerationStats } from '../../contract/generation';

/** Figures of an answer that was written in several runs are those of the whole; speed, prompt and first token are the last run's. */
export function addStats(before: GenerationStats | null, run: GenerationStats): GenerationStats {
  if (!before) return run;
  return {
    ...run,
    outputTokens: before.outputTokens + run.outputTokens,
    reasoningTokens: before.reasoningTokens + run.reasoningTokens,
    reasoningMs: before.reasoningMs + run.reasoningMs,
    totalMs: before.totalMs + run.totalMs,
  };
}
