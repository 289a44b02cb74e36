// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { sampleSummaries } from '../bridge/mock-data';
import { placeSummary } from './conversations';

const now = Date.UTC(2026, 0, 15, 12);
const list = sampleSummaries('en', now);

it('moves a conversation that changed to its place by time', () => {
  const last = list.at(-1);
  if (!last) throw new Error('no sample');
  expect(placeSummary(list, { ...last, updatedAt: now + 1 })[0]?.id).toBe(last.id);
  expect(placeSummary(list, last).map(({ id }) => id)).toEqual(list.map(({ id }) => id));
});

it('drops what was deleted, and keeps what was archived', () => {
  const first = list[0];
  if (!first) throw new Error('no sample');
  expect(placeSummary(list, { ...first, archived: true })).toHaveLength(list.length);
  expect(placeSummary(list, { ...first, deletedAt: now })).toHaveLength(list.length - 1);
});
