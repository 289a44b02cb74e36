import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundled } from '../../build/testing/bundled';

const ROOT = path.join(import.meta.dirname, '../..');
const QUESTIONS = [
  'What is 384 + 729?',
  '法国的首都是哪里？',
  'Sort: pear, apple, fig',
  'How many meters are 3 km?',
  'hello',
];

const bundle = bundled('models/eval/run.ts', 'models/eval/worker.ts');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'eval-processes-'));
  // What nobody answers, so that every answer is written down as a wrong one.
  const lines = QUESTIONS.map((content, i) => ({
    id: `q${i}`,
    task: `task${i % 2}`,
    lang: i === 1 ? 'zh' : 'en',
    messages: [{ role: 'user', content }],
    expect: { kind: 'exact', values: ['nobody says this'] },
  }));
  writeFileSync(path.join(folder, 'set.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(processes: number): string {
  const wrong = path.join(folder, `wrong-${processes}.txt`);
  const options = [
    '--sets',
    folder,
    '--processes',
    String(processes),
    '--max-tokens',
    '160',
    '--wrong',
    wrong,
  ];
  execFileSync(process.execPath, [bundle('models/eval/run.ts'), '--model', 'models/nano', ...options], {
    cwd: ROOT,
    stdio: 'pipe',
  });
  return readFileSync(wrong, 'utf8');
}

describe('npm run eval --processes', () => {
  test('gives the same answers in the same order whatever their number', { timeout: 240_000 }, () => {
    const alone = run(1);
    const answers = alone
      .trim()
      .split('\n')
      .map((line): { id: string; answer: string } => JSON.parse(line));
    expect(answers.map(({ id }) => id)).toEqual([0, 2, 4, 1, 3, 0, 2, 4, 1, 3].map((i) => `q${i}`));
    expect(answers[0]?.answer).toContain('1113');
    expect(run(3)).toBe(alone);
  });
});
