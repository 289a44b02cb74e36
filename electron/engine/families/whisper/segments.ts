/** A piece of a window's text; times in rows of the encoder (0.02 s) from the window's beginning. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** Without timestamps. */
  readonly tokens: readonly number[];
}

export interface Segments {
  readonly segments: readonly Segment[];
  /** Rows after which the next window begins. */
  readonly rowsDone: number;
}

/**
 * Cuts a window's tokens at its pairs of timestamps. Text after the last pair is unfinished: the next window begins there and hears
 * it again, unless a single timestamp says that it ended (openai/whisper, transcribe.py; Radford et al. 2022, section 3.8).
 *
 * @param rows rows of the window that hold sound.
 */
export function splitSegments(tokens: readonly number[], timestampBegin: number, rows: number): Segments {
  const isTime = (token: number | undefined) => token !== undefined && token >= timestampBegin;
  const cuts: number[] = [];
  for (let i = 1; i < tokens.length; i++) if (isTime(tokens[i - 1]) && isTime(tokens[i])) cuts.push(i);
  const endsWithOne = isTime(tokens.at(-1)) && !isTime(tokens.at(-2));
  const rowOf = (token: number) => Math.min(token - timestampBegin, rows);
  const text = (piece: readonly number[]) => piece.filter((token) => !isTime(token));

  if (cuts.length === 0) {
    const times = tokens.filter(isTime);
    const [first, last] = [times[0], times.at(-1)];
    const end = times.length > 1 || (last !== undefined && last !== timestampBegin) ? rowOf(last!) : rows;
    const start = first !== undefined && first !== last ? rowOf(first) : 0;
    return { segments: tokens.length > 0 ? [{ start, end, tokens: text(tokens) }] : [], rowsDone: rows };
  }
  const segments: Segment[] = [];
  let from = 0;
  for (const cut of endsWithOne ? [...cuts, tokens.length] : cuts) {
    const piece = tokens.slice(from, cut);
    segments.push({ start: rowOf(piece[0]!), end: rowOf(piece.at(-1)!), tokens: text(piece) });
    from = cut;
  }
  return { segments, rowsDone: endsWithOne ? rows : rowOf(tokens[from - 1]!) };
}
