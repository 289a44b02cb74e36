import { expect, it } from 'vitest';
import type { RequestDraft } from '../../contract/request-draft';
import { calledTool } from '../../contract/testing/messages';
import { answerMessages, concernsTools, forModel } from './tool-messages';

const text = (value: string) => [{ type: 'text', text: value }] as const;

const draft: RequestDraft = {
  messages: [
    { role: 'user', content: text('What is there?') },
    ...answerMessages({
      text: 'Let me look.\n\nAnd again.\n\nThree files.',
      toolCalls: [
        calledTool({
          id: 'a',
          textBefore: 12,
          result: { text: 'x'.repeat(5_000), length: 90_000, isError: false },
        }),
        calledTool({ id: 'b', textBefore: 12, state: 'denied' }),
        calledTool({ id: 'c', round: 1, textBefore: 24, arguments: '{"half', state: 'stopped' }),
      ],
    }).messages,
    { role: 'assistant', content: text('Three files.') },
    { role: 'user', content: text('Thanks.') },
  ],
  sampling: {},
  enableThinking: false,
  toolUse: { tools: [{ name: 't' }], choice: 'auto', parallel: true },
};

it('an answer is shown to the model round by round', () => {
  expect(
    draft.messages.map(({ role, content, toolCalls }) => [
      role,
      content[0]?.type === 'text' && content[0].text.slice(0, 30),
      toolCalls?.map(({ id }) => id),
    ]),
  ).toEqual([
    ['user', 'What is there?', undefined],
    ['assistant', 'Let me look.', ['a', 'b']],
    ['tool', 'x'.repeat(30), undefined],
    ['tool', 'The user did not allow this ca', undefined],
    ['assistant', 'And again.', ['c']],
    ['tool', 'The user stopped this call bef', undefined],
    ['assistant', 'Three files.', undefined],
    ['user', 'Thanks.', undefined],
  ]);
  expect(draft.messages[4]?.toolCalls?.[0]?.arguments).toBe('{}');
  expect(answerMessages({ text: 'Plain.' })).toEqual({ messages: [], rest: 'Plain.' });
});

it('what is cut is said, and no result takes more than its share of the context', () => {
  const fitted = forModel(draft, { takesTools: true, contextLength: 2_048 });
  const [part] = fitted.messages[2]?.content ?? [];
  expect(part).toEqual({
    type: 'text',
    text: expect.stringMatching(/^x{2048}\n\[… \d+ more characters were cut\]$/),
  });
  expect(fitted.toolUse).toBe(draft.toolUse);
  const [whole] = forModel(draft, { takesTools: true, contextLength: 100_000 }).messages[2]?.content ?? [];
  expect(whole).toEqual({ type: 'text', text: `${'x'.repeat(5_000)}\n[… 85000 more characters were cut]` });
});

it('a model that knows no tools is shown the words alone', () => {
  const { messages, toolUse } = forModel(draft, { contextLength: 2_048 });
  expect(toolUse).toBeUndefined();
  expect(messages).toEqual([
    { role: 'user', content: text('What is there?') },
    { role: 'assistant', content: text('Let me look.\n\nAnd again.\n\nThree files.') },
    { role: 'user', content: text('Thanks.') },
  ]);
  expect(concernsTools({ ...draft, messages, toolUse: undefined })).toBe(false);
  expect(concernsTools(draft)).toBe(true);
});
