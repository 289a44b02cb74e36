import type { WhisperSettings } from './settings';

/** Which of Whisper's rules hold for a text. */
export type RuleSettings = Pick<
  WhisperSettings,
  | 'suppress_tokens'
  | 'begin_suppress_tokens'
  | 'timestampBegin'
  | 'no_timestamps_token_id'
  | 'endToken'
  | 'max_initial_timestamp_index'
>;

const NEVER = Number.NEGATIVE_INFINITY;

/**
 * Rules out tokens in place: what the model's authors suppress and, with timestamps, what would break their order. The three logits
 * processors of transformers (generation/logits_process.py), which follow openai/whisper's decoding.py.
 *
 * @param logits [vocabulary]
 * @param written tokens since the beginning of the text.
 */
export function applyRules(
  logits: Float32Array,
  written: readonly number[],
  timestamps: boolean,
  settings: RuleSettings,
): void {
  if (written.length === 0) for (const token of settings.begin_suppress_tokens) logits[token] = NEVER;
  for (const token of settings.suppress_tokens) logits[token] = NEVER;
  if (timestamps) applyTimestampRules(logits, written, settings);
}

function applyTimestampRules(logits: Float32Array, written: readonly number[], settings: RuleSettings): void {
  const begin = settings.timestampBegin;
  logits[settings.no_timestamps_token_id] = NEVER;
  // Timestamps come in pairs, the end of a segment and the beginning of the next, but for the first and the last.
  const lastIs = written.length > 0 && written.at(-1)! >= begin;
  const secondLastIs = written.length < 2 || written.at(-2)! >= begin;
  if (lastIs && secondLastIs) logits.fill(NEVER, begin);
  else if (lastIs) logits.fill(NEVER, 0, settings.endToken);
  // Time does not run backwards, and a segment is not empty.
  const latest = written.findLast((token) => token >= begin);
  if (latest !== undefined) logits.fill(NEVER, begin, lastIs && !secondLastIs ? latest : latest + 1);
  if (written.length === 0) {
    logits.fill(NEVER, 0, begin);
    const { max_initial_timestamp_index: last } = settings;
    if (last !== undefined) logits.fill(NEVER, begin + last + 1);
  }
  // When all timestamps together are likelier than any text, it is time for one.
  let text = NEVER;
  for (let i = 0; i < begin; i++) text = Math.max(text, logits[i]!);
  let most = NEVER;
  for (let i = begin; i < logits.length; i++) most = Math.max(most, logits[i]!);
  if (most === NEVER) return;
  let sum = 0;
  for (let i = begin; i < logits.length; i++) sum += Math.exp(logits[i]! - most);
  if (most + Math.log(sum) > text) logits.fill(NEVER, 0, begin);
}
