import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ExpectSchema, score } from './score';

const file = path.join(import.meta.dirname, 'score-vectors.json');
const vectors = z
  .array(z.object({ expect: ExpectSchema, answer: z.string(), right: z.boolean() }))
  .parse(JSON.parse(readFileSync(file, 'utf8')));

test('agrees with the vectors', () => {
  expect(vectors.length).toBeGreaterThan(50);
  for (const vector of vectors) {
    if (score(vector.expect, vector.answer) !== vector.right) throw new Error(JSON.stringify(vector));
  }
});

const python = spawnSync('python3', ['-c', 'import unicodedata']).status === 0;

test.runIf(python)('score.py agrees with them too', () => {
  const program = `
import json, sys
from score import score
print(json.dumps([v for v in json.load(open(sys.argv[1])) if score(v["expect"], v["answer"]) != v["right"]]))`;
  const cwd = path.join(import.meta.dirname, '../train/data');
  const { stdout, stderr } = spawnSync('python3', ['-c', program, file], { cwd, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([]);
});
