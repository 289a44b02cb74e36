// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { quoteInDraft } from './quote-selection';

it('quotes every line and keeps what was typed', () => {
  expect(quoteInDraft('a\nb', '')).toBe('> a\n> b\n\n');
  expect(quoteInDraft(' a ', 'typed\n')).toBe('typed\n\n> a\n\n');
});
