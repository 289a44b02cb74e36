import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../build/testing/cpu-time';
import { sampleSummaries } from '../bridge/mock-data';
import { groupConversations } from './grouping';

const sample = sampleSummaries('en', 0)[0];
if (!sample) throw new Error('no sample');
const at = (id: string, updatedAt: number, pinned = false) => ({ ...sample, id, updatedAt, pinned });

describe('groupConversations', () => {
  const now = new Date(2026, 2, 10, 0, 30).getTime();

  it('goes by calendar days, not by 24 hours', () => {
    const groups = groupConversations(
      [
        at('now', now),
        at('an hour ago', now - 3_600_000),
        at('two days ago', new Date(2026, 2, 8, 23, 59).getTime()),
        at('a week ago', new Date(2026, 2, 3, 0, 0).getTime()),
        at('before', new Date(2026, 2, 2, 23, 59).getTime()),
      ],
      now,
    );
    expect(groups.map(({ name, conversations }) => [name, conversations.map(({ id }) => id)])).toEqual([
      ['today', ['now']],
      ['yesterday', ['an hour ago']],
      ['week', ['two days ago', 'a week ago']],
      ['earlier', ['before']],
    ]);
  });

  it('puts pinned ones first whatever their time, and leaves empty groups out', () => {
    const groups = groupConversations([at('a', now), at('b', 0, true)], now);
    expect(groups.map(({ name }) => name)).toEqual(['pinned', 'today']);
  });

  it('sorts 10,000 conversations in a few milliseconds', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => at(`c${index}`, now - index * 60_000));
    expect(await cpuMs(() => groupConversations(many, now), 5)).toBeLessThan(50);
  });
});
