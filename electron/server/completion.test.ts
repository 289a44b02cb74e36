import { expect, it } from 'vitest';
import { toStatistics } from './completion';
import { stats } from './testing/scripted-engine';

it('tokens guessed ahead are counted where there were any', () => {
  expect(toStatistics(stats({ draftTokens: 12, acceptedTokens: 0 }))).toMatchObject({
    draft_tokens: 12,
    accepted_tokens: 0,
  });
  expect(toStatistics(stats({}))).not.toHaveProperty('draft_tokens');
});
