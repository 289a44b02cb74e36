// @vitest-environment happy-dom
import '../i18n';
import i18next from 'i18next';
import { expect, it } from 'vitest';
import { formatBytes, formatCompact, formatDuration, formatParameters, formatSpeed } from './format';

it('shortens counts for the context meter', () => {
  expect([41, 999, 1000, 1024, 5600, 9960, 25_000, 999_900].map(formatCompact)).toEqual([
    '41',
    '999',
    '1k',
    '1k',
    '5.6k',
    '10k',
    '25k',
    '1M',
  ]);
});

it('writes times as people say them', async () => {
  await i18next.changeLanguage('en');
  expect(formatDuration(42.1, i18next.t)).toBe('43 ms');
  expect(formatDuration(0, i18next.t)).toBe('0.0 s');
  expect(formatDuration(2340, i18next.t)).toBe('2.3 s');
  expect(formatDuration(59_940, i18next.t)).toBe('59.9 s');
  expect(formatDuration(59_960, i18next.t)).toBe('1 min 0 s');
  await i18next.changeLanguage('zh-CN');
  expect(formatDuration(75_000, i18next.t)).toBe('1 分 15 秒');
});

it('writes sizes and speeds with the digits that matter', () => {
  expect(formatBytes(96_000_000, 'en')).toBe('92 MB');
  expect(formatBytes(7_400_000_000, 'en')).toBe('6.9 GB');
  expect(formatSpeed(412.4, 'en')).toBe('412');
  expect(formatSpeed(7.36, 'en')).toBe('7.4');
  expect([29_400_000, 9_400_000_000].map(formatParameters)).toEqual(['29M', '9.4B']);
});
