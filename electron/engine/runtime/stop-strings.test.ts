import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StopStrings } from './stop-strings';

function run(stops: readonly string[], chunks: readonly string[]) {
  const matcher = new StopStrings(stops);
  const text = chunks.map((chunk) => matcher.push(chunk)).join('') + matcher.flush();
  return { text, found: matcher.found };
}

test.each([
  [['END'], ['one EN', 'D two'], 'one ', true],
  [['END'], ['one EN'], 'one EN', false],
  [['END'], ['EEND'], 'E', true],
  [['aab'], ['aa', 'ab'], 'a', true],
  [['\n\n'], ['a\n', 'b\n', '\nc'], 'a\nb', true],
  [['x', 'yx'], ['ayx'], 'a', true],
  [['句号。'], ['这是句', '号', '。后面'], '这是', true],
  [['', 'b'], ['abc'], 'a', true],
  [[], ['abc'], 'abc', false],
])('%j in %j', (stops, chunks, text, found) => {
  expect(run(stops, chunks)).toEqual({ text, found });
});

test('any cut gives the text before the first stop string', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
  const stop = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 });
  const property = fc.property(
    letters,
    fc.array(stop, { maxLength: 3 }),
    fc.nat(12),
    (text, stops, place) => {
      const starts = stops.map((s) => text.indexOf(s)).filter((at) => at >= 0);
      const expected = starts.length > 0 ? text.slice(0, Math.min(...starts)) : text;
      const actual = run(stops, [...text]);
      expect(actual).toEqual({ text: actual.text, found: starts.length > 0 });
      // Letter by letter the first to be complete wins, which need not be the first to begin.
      if (stops.length < 2) {
        expect(actual.text).toBe(expected);
        expect(run(stops, [text.slice(0, place), text.slice(place)]).text).toBe(expected);
      }
    },
  );
  fc.assert(property, { numRuns: 500 });
});
