import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteTokenizer } from '../../../models/builder/tokenizer';
import { AppError } from '../../contract/errors';
import { createRandom } from '../runtime/random';
import { admits, RandomWriter } from '../testing/random-writer';
import { Tokenizer } from '../tokenizer/tokenizer';
import { Automaton } from './automaton';
import { choice, type Grammar, repeat, rule, sequence, text, until, without } from './expression';
import { parseGbnf } from './gbnf';
import { regexExpression } from './regex';
import { shallow } from './shallow';
import { utf8Ranges } from './utf8';

const alone = (root: Grammar['root']): Grammar => ({ root, rules: new Map() });

describe('a regular expression', () => {
  const patterns = [
    '^a+b?$',
    'b',
    '^(?:ab|cd){2,3}$',
    '^[^a-c]*$',
    '^\\w+\\s\\d$',
    '^.{2}$|^x',
    'a|^b|c$',
    '^(?<n>a|b)\\.\\$$',
    '^[\\]\\-a]+$',
    '^\\u4f60\\x41?$',
    '^(?:a{0,3}){2}$',
    '^[\\s\\S]{1,2}?$',
  ];
  test.each(patterns)('%s admits what JavaScript finds', (pattern) => {
    const grammar = alone(regexExpression(pattern, false));
    const expression = new RegExp(pattern, 'u');
    const letter = fc.constantFrom(...'abcdxyz .$-]1\n你😀A');
    const property = fc.property(fc.array(letter, { maxLength: 7 }), (letters) => {
      const value = letters.join('');
      expect([value, admits(grammar, value)]).toEqual([value, expression.test(value)]);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('is written to match', () => {
    const writer = new RandomWriter(new Tokenizer(JSON.parse(byteTokenizer())), createRandom(2));
    for (const pattern of patterns) {
      const value = writer.write(alone(regexExpression(pattern, false)), 300);
      if (value !== null) expect([value, new RegExp(pattern, 'u').test(value)]).toEqual([value, true]);
    }
  });

  test.each([
    '(',
    'a)',
    '[',
    '[]',
    '*',
    'a{3,1}',
    '(?=a)',
    '(?<!a)',
    '\\b',
    '\\p{L}',
    'a^b',
    '\\u{110000}',
    'a\\',
  ])('%s is refused', (pattern) => {
    expect(() => regexExpression(pattern, false)).toThrow(
      /^The regular expression cannot be used: .*character \d/,
    );
  });
});

describe('GBNF', () => {
  const list = `
    # a list of items
    root ::= (item "\\n")+
    item ::= "- " [^\\r\\n\\x0b]+ ( " " mark )? |
             "* " mark{2,3}
    mark ::= "✓" | "\\u00d7"
           | .`;
  test('is read as llama.cpp reads it', () => {
    const grammar = parseGbnf(list);
    expect(admits(grammar, '- milk ✓\n* ××\n')).toBe(true);
    expect(admits(grammar, '* ×\n')).toBe(false);
    expect(admits(grammar, '- milk')).toBe(false);
    expect(admits(grammar, '* ✓😀.\n')).toBe(true);
  });

  test.each([
    ['root ::= "a" (', 1],
    ['root ::= "a"\nother := "b"', 2],
    ['root ::= "a\n"', 1],
    ['root ::= [z-a]', 1],
    ['root ::= "a"{x}', 1],
    ['root ::= "\\xZZ"', 1],
  ])('%j is refused with its line', (source, line) => {
    expect(() => parseGbnf(source)).toThrow(new RegExp(`\\(line ${line}\\)`));
  });

  test.each([
    'root ::= root "a"',
    'root ::= a "x"\na ::= ("y")? root',
    'root ::= "a" b\nb ::= c\nc ::= [x]* b',
  ])('left recursion is refused: %j', (source) => {
    expect(() => new Automaton(parseGbnf(source))).toThrow(/begins with itself/);
  });

  test('right recursion runs on, in a bounded number of states', () => {
    const automaton = new Automaton(parseGbnf('root ::= "a" root | "b"'));
    let state = automaton.start;
    const seen = new Set<number>();
    for (let i = 0; i < 10_000; i++) {
      state = automaton.step(state, 97);
      seen.add(state);
    }
    expect(seen.size).toBeLessThan(5);
    expect(automaton.isFinal(automaton.step(state, 98))).toBe(true);
  });
});

test('a search stops at the first occurrence, whatever repeats before it', () => {
  for (const word of ['</think>', 'aab', 'abab', 'aaaa']) {
    const found = alone(sequence(until(word), text('!')));
    const free = alone(without(word));
    const letters = [...new Set(`${word}!x`)];
    const property = fc.property(fc.array(fc.constantFrom(...letters, word), { maxLength: 6 }), (parts) => {
      const value = parts.join('');
      const at = value.indexOf(word);
      expect([value, admits(free, value)]).toEqual([value, at < 0]);
      expect([value, admits(found, value)]).toEqual([
        value,
        at >= 0 && value.slice(at + word.length) === '!',
      ]);
    });
    fc.assert(property, { numRuns: 200 });
  }
});

describe('a choice of texts', () => {
  test('admits each of them and nothing else, whatever begins alike or is among other choices', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '你'), maxLength: 4 });
    const property = fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), word, (words, other) => {
      const texts = words.map(text);
      expect(admits(alone(choice(...texts)), other)).toBe(words.includes(other));
      for (const value of words) expect(admits(alone(choice(...texts)), value)).toBe(true);
      const mixed = alone(sequence(choice(...texts, repeat(text('c'), 1)), text('.')));
      expect(admits(mixed, `${other}.`)).toBe(words.includes(other));
      expect(admits(mixed, 'cc.')).toBe(true);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('may have ten thousand, of which a handful of ways are open at a time', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => text(`value ${i}`));
    const grammar = alone(choice(...values));
    for (const at of ['0', '77', '9999']) expect([at, admits(grammar, `value ${at}`)]).toEqual([at, true]);
    for (const at of ['10000', '', '-1']) expect([at, admits(grammar, `value ${at}`)]).toEqual([at, false]);
  });

  test('that are too long together are refused, the first byte being read or not', () => {
    const apart = Array.from({ length: 500 }, (_, i) => text(String.fromCodePoint(0x4e00 + i).repeat(300)));
    expect(() => new Automaton(alone(choice(...apart)))).toThrow(/too large.*fewer choices/);
    expect(() => new Automaton(alone(sequence(text('a'), choice(...apart))))).toThrow(/too large/);
    // Common beginnings are stored once, and are no deeper for what reads them.
    const nested = Array.from({ length: 20_000 }, (_, i) => text('a'.repeat(i + 1)));
    expect(admits(alone(choice(...nested)), 'a'.repeat(20_000))).toBe(true);
  });
});

test('counts are kept apart at every depth', () => {
  const inner = sequence(text('('), repeat(text('a'), 2, 3), text(')'));
  const grammar = alone(repeat(choice(inner, text('b')), 1, 2));
  for (const good of ['(aa)', '(aaa)b', 'b(aa)', 'bb'])
    expect([good, admits(grammar, good)]).toEqual([good, true]);
  for (const bad of ['', '(a)', '(aaaa)', 'bbb', '(aa)(aa)(aa)'])
    expect([bad, admits(grammar, bad)]).toEqual([bad, false]);
});

test('states that were forgotten are found again', () => {
  const nested: Grammar = {
    root: rule('v'),
    rules: new Map([['v', choice(sequence(text('['), repeat(rule('v'), 0, 3), text(']')), text('1'))]]),
  };
  const automaton = new Automaton(nested);
  let state = automaton.start;
  const step = (letter: string) => {
    state = automaton.trim(automaton.step(state, letter.charCodeAt(0)));
  };
  // Each opening bracket is a state of its own, so that more are met than are kept.
  for (let i = 0; i < 9_000; i++) step('[');
  step('1');
  for (let i = 0; i < 9_000; i++) step(']');
  expect(automaton.isFinal(state)).toBe(true);
});

test('what can be read in too many ways is refused, not followed', () => {
  const automaton = new Automaton(alone(regexExpression('(?:.{0,1000}.{0,1000}.{0,1000})x', true)));
  let state = automaton.start;
  expect(() => {
    for (let i = 0; i < 900; i++) state = automaton.step(state, 97);
  }).toThrow(/too many ways/);
});

test('what is nested too deeply to be read is refused in a sentence', () => {
  const rules = Array.from({ length: 20_000 }, (_, i) => `r${i} ::= r${i + 1}`).join('\n');
  const chain = parseGbnf(`root ::= r0\n${rules}\nr20000 ::= "a"`);
  expect(() => new Automaton(chain)).toThrow(AppError);
  expect(() => new Automaton(chain)).toThrow(/nested too deeply/);
  const groups = `${'('.repeat(90_000)}a${')'.repeat(90_000)}`;
  expect(() => shallow(() => regexExpression(groups, true))).toThrow(/nested too deeply/);
  expect(() =>
    shallow(() => {
      throw new TypeError('another');
    }),
  ).toThrow(TypeError);
});

test('a token costs a bounded number of steps, and each has as many as the first', () => {
  // Every text of a and b leaves a stack of its own.
  const mirror = () => new Automaton(parseGbnf('root ::= "a" root "a" | "b" root "b" | "c"'), 2_000);
  const walk = (automaton: Automaton, from: number, depth: number): void => {
    if (depth === 0) return;
    for (const letter of 'ab') walk(automaton, automaton.step(from, letter.charCodeAt(0)), depth - 1);
  };
  const wide = mirror();
  expect(() => walk(wide, wide.start, 10)).toThrow(/too many ways/);
  const long = mirror();
  let state = long.start;
  for (let i = 0; i < 1_000; i++) {
    walk(long, state, 5);
    state = long.trim(long.step(state, 97));
  }
  state = long.step(state, 99);
  for (let i = 0; i < 1_000; i++) state = long.trim(long.step(state, 97));
  expect(long.isFinal(state)).toBe(true);
});

test('UTF-8 of a range of characters is that of each of them', () => {
  const code = fc.oneof(
    fc.integer({ min: 0, max: 0x10ffff }),
    fc.constantFrom(0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff),
  );
  const property = fc.property(code, code, code, (a, b, c) => {
    const [first, last] = [Math.min(a, b), Math.max(a, b)];
    if (c >= 0xd800 && c <= 0xdfff) return;
    const bytes = Buffer.from(String.fromCodePoint(c));
    const isIn = utf8Ranges(first, last).some(
      (sequence) =>
        sequence.length === bytes.length &&
        sequence.every(([low, high], i) => bytes[i]! >= low && bytes[i]! <= high),
    );
    expect(isIn).toBe(c >= first && c <= last);
  });
  fc.assert(property, { numRuns: 2_000 });
});
