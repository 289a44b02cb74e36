import { expect, it } from 'vitest';
import { sentences } from './sentences';

it('joins the sentences that hold as their language does', () => {
  expect(sentences('en', 'It is sent.', false, 'It is not encrypted.')).toBe(
    'It is sent. It is not encrypted.',
  );
  expect(sentences('zh-CN', '会发送。', false, '没有加密。')).toBe('会发送。没有加密。');
  expect(sentences('en', false, 'Alone.')).toBe('Alone.');
});
