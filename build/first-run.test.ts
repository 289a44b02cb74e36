import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LoadedModel } from '../electron/engine/runtime/loaded-model';
import { collect, request } from '../electron/engine/testing/requests';
import { en } from '../renderer/i18n/en';
import { zhCN } from '../renderer/i18n/zh-CN';

/** What the first run offers in words, asked of the built-in model as the page asks it. */
const CASES = [
  [en.empty.arithmeticPrompt, /1113/],
  [en.empty.factPrompt, /Tokyo/],
  [en.empty.translationPrompt, /谢谢/],
  [zhCN.empty.arithmeticPrompt, /1113/],
  [zhCN.empty.factPrompt, /东京/],
  [zhCN.empty.translationPrompt, /thank/i],
] as const;

let nano: LoadedModel;
beforeAll(async () => {
  nano = await LoadedModel.load(join(import.meta.dirname, '..', 'models', 'nano'), { provider: 'cpu' });
});
afterAll(() => nano.dispose());

test.each(
  CASES.flatMap(([question, answer]) => [
    [question, answer, true] as const,
    [question, answer, false] as const,
  ]),
)('%s is answered with %s, thinking first: %s', async (question, answer, thinking) => {
  const { text } = await collect(
    nano.generate(request(question, { maxTokens: 200, logitBias: {} }, { enableThinking: thinking })),
  );
  expect(text.answer).toMatch(answer);
});
