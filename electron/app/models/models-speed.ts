import type { GenerationStats, RunsOn } from '../../contract/generation';
import type { ModelSpeed } from '../../contract/models';
import type { AppDatabase } from '../database/database';

/** Of each model, the answers that count: the machine may have changed since older ones. */
const LAST = 50;

/** Answers shorter than this measure the start and not the speed. */
const FEWEST_TOKENS = 8;

/** How fast each model answered on this machine, from what was kept of its answers. */
export function modelSpeeds(database: AppDatabase): ReadonlyMap<string, readonly ModelSpeed[]> {
  const rows = database
    .prepare<{ readonly model_id: string; readonly stats: string }>(
      `SELECT model_id, stats FROM (
         SELECT model_id, stats, row_number() OVER (PARTITION BY model_id ORDER BY created_at DESC) AS place
         FROM messages WHERE model_id IS NOT NULL AND stats IS NOT NULL
       ) WHERE place <= ?`,
    )
    .all(LAST);
  const samples = new Map<string, Map<RunsOn, GenerationStats[]>>();
  for (const row of rows) {
    const stats = JSON.parse(row.stats) as GenerationStats;
    if (stats.outputTokens < FEWEST_TOKENS) continue;
    const ofModel = samples.get(row.model_id) ?? new Map<RunsOn, GenerationStats[]>();
    samples.set(row.model_id, ofModel);
    ofModel.set(stats.provider, [...(ofModel.get(stats.provider) ?? []), stats]);
  }
  return new Map(
    [...samples].map(([id, ofModel]) => [
      id,
      [...ofModel].map(([provider, stats]) => ({
        provider,
        answers: stats.length,
        tokensPerSecond: median(stats.map((s) => s.tokensPerSecond)),
        firstTokenMs: median(stats.map((s) => s.firstTokenMs)),
      })),
    ]),
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
