import { expect, test } from 'vitest';
import { AppError } from '../contract/errors';
import { startProblem } from './start-problem';

const locked = new AppError('database', 'It is in use.', { kind: 'database-locked', path: '/data/a.db' });

test('what keeps the app from starting is said in the system’s language', () => {
  expect(startProblem(locked.toInfo(), 'zh-CN')).toMatch(/^对话数据 \/data\/a\.db 正被另一个程序使用/);
  expect(startProblem(locked.toInfo(), 'en')).toBe('It is in use.');
});

test('what nobody foresaw keeps its own words', () => {
  expect(startProblem({ code: 'internal', message: 'Odd.' }, 'zh-CN')).toBe('Odd.');
});
