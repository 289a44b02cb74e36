import type { Sequence } from '../families/family';

/**
 * Two logits that lie further apart than this keep their order when their row is computed among others; 0 where the kernels give the same
 * bits. Null where drafts cannot be checked, or where the difference is no rounding.
 *
 * @param sequence after a prompt was read; afterwards `greedy` and `logits` describe nothing.
 */
export async function measureMargin(sequence: Sequence): Promise<number | null> {
  const { drafts } = sequence;
  if (!drafts) return null;
  const size = drafts.sizes.findLast((tokens) => tokens <= Math.min(5, sequence.room));
  if (size === undefined) return null;
  try {
    const tokens: number[] = [];
    const alone: Float32Array[] = [];
    for (let i = 0; i < size; i++) {
      const token = sequence.greedy();
      tokens.push(token);
      await sequence.step(token);
      alone.push(sequence.logits().slice());
    }
    drafts.rewind(size);
    await drafts.run(tokens);
    let drift = 0;
    let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [i, expected] of alone.entries()) {
      const logits = drafts.logits(i);
      for (let id = 0; id < expected.length; id++) {
        const value = expected[id] as number;
        drift = Math.max(drift, Math.abs(value - (logits[id] as number)));
        lowest = Math.min(lowest, value);
        highest = Math.max(highest, value);
      }
    }
    drafts.rewind(size);
    const range = highest - lowest;
    // Not `>`: NaN is no rounding either.
    if (!(drift <= MOST_DRIFT * range)) return null;
    return drift === 0 ? 0 : Math.max(TIMES * drift, LEAST_MARGIN * range);
  } catch {
    // An export of another tool may give the last token's logits alone, whatever its description says.
    return null;
  }
}

/** Of the logits' range: beyond it, another computation is at work. */
const MOST_DRIFT = 0.05;
/**
 * Few rows may show less than others: a difference in the last bit of an activation turns to a thousand times as much where it changes what
 * the activation is rounded to. Over 3,961 of nano's rows two logits drifted apart by up to 0.25, in a range of 65.
 */
const TIMES = 6;
const LEAST_MARGIN = 0.02;
