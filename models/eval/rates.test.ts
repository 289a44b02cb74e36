import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { jobsOf } from './evaluate';
import { distance, hearingErrors, normaliseSpoken, readingErrors } from './rates';
import { columnOf, score, tally } from './report';
import { groupOf, isTaken, type Line, readSets, scoreLine } from './sets';

const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-sets-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('edits', () => {
  test.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['abc', 'abc', 0],
    ['ab', 'ba', 2],
  ])('%s to %s is %i', (a, b, wanted) => {
    expect(distance([...a], [...b])).toBe(wanted);
    expect(distance([...b], [...a])).toBe(wanted);
  });

  test('of words, of characters, and of text in pictures', () => {
    expect(hearingErrors('What is 3 + 4?', 'what is three plus 4', 'wer')).toEqual({ errors: 2, of: 5 });
    expect(hearingErrors('我记得。', '我记的', 'cer')).toEqual({ errors: 1, of: 3 });
    expect(hearingErrors('407', '47', 'cer')).toEqual({ errors: 1, of: 3 });
    expect(readingErrors('Open  late', 'Open lane.')).toEqual({ errors: 1, of: 9 });
  });
});

const spoken = [
  "It's half-past 3, isn’t it?",
  '3.5 / 2 = 1.75',
  '12 - 4 is 8; −5 too',
  'a_b c/d e.f 1/2 .5 20%',
  '你好，世界！２０３２年5月12日',
  '  Tabs\tand\nlines ',
  'x - y -3 3-4 十-二',
  'É è ñ — “quotes” … 3 × 4 ÷ 2',
  '',
];

const python = spawnSync('python3', ['-c', 'import unicodedata']).status === 0;
test.runIf(python)('what was said is compared as scoring.py compares it', () => {
  const program = `
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("scoring", "data/speech/scoring.py")
scoring = importlib.util.module_from_spec(spec); spec.loader.exec_module(scoring)
print(json.dumps([scoring.normalise(t) for t in json.loads(sys.stdin.read())]))`;
  const cwd = path.join(import.meta.dirname, '../train');
  const result = spawnSync('python3', ['-c', program], {
    cwd,
    input: JSON.stringify(spoken),
    encoding: 'utf8',
  });
  expect(result.stderr).toBe('');
  expect(spoken.map(normaliseSpoken)).toEqual(JSON.parse(result.stdout));
});

describe('records with pictures and clips', () => {
  const write = (name: string, ...records: object[]) =>
    writeFileSync(path.join(folder, name), records.map((record) => JSON.stringify(record)).join('\n'));
  const asked = { lang: 'en', messages: [{ role: 'user', content: '?' }], images: ['images/a.webp'] };
  const expectation = { kind: 'exact', values: ['A hen.', 'A chicken.'] };

  test('become lines with whole paths, by what is counted', () => {
    write(
      'image-known.jsonl',
      { ...asked, id: 'a', task: 'image.known.name', metric: 'exact', expect: expectation },
      {
        ...asked,
        id: 'b',
        task: 'image.known.text',
        metric: 'cer',
        expect: { kind: 'exact', values: ['OPEN'] },
      },
    );
    const heard = { lang: 'en', audio: ['audio/a.wav'] };
    write('speech-held.jsonl', {
      ...heard,
      id: 'c',
      task: 'speech.transcribe',
      text: 'He is.',
      kind: 'example',
    });
    write('speech-people.jsonl', {
      ...heard,
      id: 'd',
      task: 'speech.transcribe',
      text: '7',
      kind: 'digits.people',
    });
    write('speech-answer.jsonl', {
      ...heard,
      id: 'e',
      task: 'speech.answer',
      text: 'Where is Guinea?',
      expect: { kind: 'contains', values: ['Africa'] },
    });
    const sets = readSets(folder);
    expect([...sets].map(([task, [line]]) => [task, line!.metric])).toEqual([
      ['image.known.name', 'picture'],
      ['image.known.text.cer', 'cer'],
      ['speech.answer', 'contains'],
      ['speech.answer.typed', 'contains'],
      ['speech.transcribe.held', 'wer'],
      ['speech.transcribe.people', 'cer'],
    ]);
    const [name] = sets.get('image.known.name')!;
    expect(name!.images).toEqual([path.join(folder, 'images/a.webp')]);
    expect(scoreLine(name!, 'a CHICKEN')).toEqual({ right: 1, of: 1 });
    expect(scoreLine(name!, 'A cat.')).toEqual({ right: 0, of: 1 });
    expect(scoreLine(sets.get('image.known.text.cer')![0]!, 'OPEM')).toEqual({ right: 3, of: 4 });
    expect(scoreLine(sets.get('speech.transcribe.held')![0]!, 'he was')).toEqual({ right: 1, of: 2 });
    const [said] = sets.get('speech.answer')!;
    expect(said!.messages).toEqual([{ role: 'user', content: '' }]);
    expect(said!.audio).toHaveLength(1);
    const [typed] = sets.get('speech.answer.typed')!;
    expect(typed!.messages).toEqual([{ role: 'user', content: 'Where is Guinea?' }]);
    expect(typed!.audio).toBeUndefined();
    const textOnly = { modalities: ['text' as const] };
    expect([...sets.values()].flat().filter((line) => isTaken(line, textOnly))).toEqual([typed]);
  });

  test.each([
    [
      'no expectation',
      { id: 'a', task: 't', lang: 'en', messages: [{ role: 'user', content: '?' }] },
      /x\.jsonl:1: expect/,
    ],
    ['no transcript', { id: 'a', task: 't', lang: 'en', audio: ['a.wav'] }, /x\.jsonl:1: text/],
    [
      'an unknown metric',
      { ...asked, id: 'a', task: 't', metric: 'bleu', expect: expectation },
      /x\.jsonl:1: metric/,
    ],
  ])('with %s are refused by line', (_, record, message) => {
    write('x.jsonl', record);
    expect(() => readSets(folder)).toThrow(message);
    rmSync(path.join(folder, 'x.jsonl'));
  });
});

test('groups keep what is counted differently apart', () => {
  expect(
    ['arithmetic.add', 'image.unseen.count', 'image.unseen.text.cer', 'speech.transcribe.zh'].map(groupOf),
  ).toEqual(['arithmetic', 'image.unseen', 'image.unseen.cer', 'speech.transcribe.zh']);
});

test('a rate is of all words, not of lines; more errors than words are no figure below zero', () => {
  const line = {
    id: '',
    task: 'speech.transcribe.held',
    lang: 'en',
    metric: 'wer',
    expect: { kind: 'exact', values: [''] },
  } satisfies Line;
  const outcome = { line, thinking: false, answer: '', reasoning: '', tokens: 1 };
  const [row] = tally(
    [
      { ...outcome, right: 9, of: 10 },
      { ...outcome, right: 0, of: 2 },
    ],
    groupOf,
  );
  expect(row).toMatchObject({ n: 2, right: 9, of: 12, metric: 'wer' });
  expect(score(row!)).toBe(75);
  expect(score({ n: 1, right: -3, of: 2 })).toBe(0);
});

test('a transcript is written once, and what a package cannot take is left out', () => {
  const expect_ = { kind: 'exact' as const, values: ['x'] };
  const base = { lang: 'en', expect: expect_, metric: 'exact' };
  const ask: Line = { ...base, id: 'a', task: 'a', messages: [{ role: 'user', content: '?' }] };
  const see: Line = { ...ask, id: 'b', images: ['/b.webp'] };
  const hear: Line = { ...base, id: 'c', task: 'c', audio: ['/c.wav'] };
  const jobs = (modalities: ('text' | 'image' | 'audio')[], mode: 'on' | 'off' | 'both') =>
    jobsOf([ask, see, hear], { modalities }, mode).map(
      ({ line, thinking }) => `${line.id}${thinking ? '+' : ''}`,
    );
  expect(jobs(['text', 'image', 'audio'], 'both')).toEqual(['a+', 'b+', 'a', 'b', 'c']);
  expect(jobs(['text', 'image', 'audio'], 'on')).toEqual(['a+', 'b+', 'c']);
  expect(jobs(['text'], 'both')).toEqual(['a+', 'a']);
});

test('a package’s column names its quantizer', () => {
  expect(columnOf({ precision: 'int4' })).toBe('int4');
  expect(columnOf({ precision: 'int4', quantizer: 'awq' })).toBe('int4-awq');
});
