import { expect, it } from 'vitest';
import { cpuMs } from '../../../build/testing/cpu-time';
import { sampleSummaries } from '../../bridge/mock-data';
import { toEntries } from './entries';

const now = Date.UTC(2026, 0, 15, 12);
const sample = sampleSummaries('en', now)[0]!;
const at = (id: string, change: Partial<typeof sample> = {}) => ({
  ...sample,
  id,
  pinned: false,
  updatedAt: now,
  ...change,
});
const folders = [
  { id: 'f1', name: 'Work' },
  { id: 'f2', name: 'Empty' },
];

it('lists pinned ones, folders and the rest, each once', () => {
  const conversations = [
    at('in folder', { folderId: 'f1' }),
    at('free'),
    at('pinned in folder', { folderId: 'f1', pinned: true }),
    at('archived', { folderId: 'f1', archived: true }),
    at('of a folder that is gone', { folderId: 'f9' }),
  ];
  const keys = (closed: readonly string[]) =>
    toEntries({ conversations, folders, closed: new Set(closed), now }).map(({ key }) => key);
  expect(keys([])).toEqual([
    'pinned',
    'pinned in folder',
    'folder:f1',
    'in folder',
    'folder:f2',
    'empty:f2',
    'today',
    'free',
    'of a folder that is gone',
  ]);
  expect(keys(['f1', 'f2'])).not.toContain('in folder');
});

it('is ready within a frame for 10,000 conversations', async () => {
  const conversations = Array.from({ length: 10_000 }, (_, index) =>
    at(String(index), { updatedAt: now - index * 60_000, folderId: index % 3 === 0 ? 'f1' : null }),
  );
  const all = () => toEntries({ conversations, folders, closed: new Set(), now });
  expect(all().length).toBeGreaterThan(10_000);
  const ms = await cpuMs(all, 5);
  console.log(`sidebar entries of 10,000 conversations: ${ms.toFixed(1)} ms`);
  expect(ms).toBeLessThan(100);
});
