import type { CalledTool } from '../../../electron/contract/tools';

/** A piece of an answer's text, and the calls that were made after it. */
export interface Segment {
  /** Where it begins in the text. */
  readonly start: number;
  readonly text: string;
  readonly calls: readonly CalledTool[];
}

/** An answer's text cut where its calls stand. The last piece has no calls behind it; it may be empty. */
export function segments(text: string, calls: readonly CalledTool[]): readonly Segment[] {
  const ends = [...new Set(calls.map(({ textBefore }) => Math.min(textBefore, text.length)))].sort(
    (a, b) => a - b,
  );
  const pieces = ends.map((end, index): Segment => {
    const start = ends[index - 1] ?? 0;
    return {
      start,
      text: text.slice(start, end).replace(/^\n+/, ''),
      calls: calls.filter(({ textBefore }) => Math.min(textBefore, text.length) === end),
    };
  });
  const last = ends.at(-1) ?? 0;
  return [
    ...pieces,
    { start: last, text: last === 0 ? text : text.slice(last).replace(/^\n+/, ''), calls: [] },
  ];
}
