// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { examplesFor } from './examples';

describe('the examples of a first run', () => {
  it.each([
    [['text'], false, ['arithmetic', 'fact', 'translation']],
    [['text'], true, ['arithmetic', 'voice', 'fact']],
    [['text', 'image'], false, ['arithmetic', 'picture', 'fact']],
    [['text', 'image', 'audio'], true, ['arithmetic', 'picture', 'voice']],
    // No microphone, or none that understands.
    [['text', 'audio'], false, ['arithmetic', 'fact', 'translation']],
  ] as const)('of a model for %j, hearing: %j', (modalities, hears, offered) => {
    expect(examplesFor({ modalities: [...modalities], hears })).toEqual(offered);
  });

  it('are there before the model is known', () => {
    expect(examplesFor({ modalities: [], hears: false })).toHaveLength(3);
  });
});
