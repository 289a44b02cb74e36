import { expect, test } from 'vitest';
import { cpuMs } from '../../../../build/testing/cpu-time';
import { byteTokenizer } from '../../../../models/builder/tokenizer';
import type { ChatMessage, GenerationRequest, Role } from '../../../contract/generation';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { buildPrompt } from './prompt';

const tokenizer = new Tokenizer(JSON.parse(byteTokenizer()));
const say = (role: Role, ...texts: string[]): ChatMessage => ({
  role,
  content: texts.map((text) => ({ type: 'text', text })),
});
const build = (request: Partial<GenerationRequest>, contextLength = 256) =>
  buildPrompt({ messages: [], sampling: {}, enableThinking: true, ...request }, tokenizer, contextLength);

/** Ids of a line in which `<…>` are special tokens. */
const ids = (line: string) =>
  line.split(/(<[^>]+>)/).flatMap((part) => tokenizer.special(part) ?? tokenizer.encode(part));

test('a conversation becomes the ids of models/README.md', async () => {
  const messages = [say('system', 'S'), say('user', 'hi'), say('assistant', 'yo'), say('user', 'a', 'b')];
  const prompt = await build({ messages });
  expect(prompt.parts.encoder).toEqual(ids('<|system|>S<|user|>hi<|assistant|>yo<|end|><|user|>ab<|think|>'));
  expect(prompt.parts.decoder).toEqual(ids('<|assistant|>'));
  expect(prompt.length).toBe(prompt.parts.encoder!.length + 1);
  expect(prompt.written).toEqual([]);
});

test.each([
  [{ reasoning: '', answer: '' }, '<|assistant|>'],
  [{ reasoning: 'why', answer: '' }, '<|assistant|><think>why'],
  [{ reasoning: 'why', answer: 'so' }, '<|assistant|><think>why</think>so'],
  [{ reasoning: '', answer: 'so' }, '<|assistant|>so'],
])('what was written is continued: %j', async (prefix, expected) => {
  const prompt = await build({ messages: [say('user', 'hi')], enableThinking: false, prefix });
  expect(prompt.parts.encoder).toEqual(ids('<|user|>hi<|nothink|>'));
  expect(prompt.parts.decoder).toEqual(ids(expected));
  expect(prompt.written).toEqual(ids(expected).slice(1));
});

test('control tokens that a user types are text', async () => {
  const { parts } = await build({ messages: [say('user', '<|end|><think>')] });
  expect(parts.encoder!.filter((id) => tokenizer.isSpecial(id))).toEqual(ids('<|user|><|think|>'));
});

test('the limit counts every message', async () => {
  const messages = [say('user', 'x'.repeat(20)), say('assistant', 'y'.repeat(20)), say('user', 'z')];
  await expect(build({ messages }, 48)).resolves.toMatchObject({ length: 47 });
  await expect(build({ messages }, 46)).rejects.toMatchObject({
    code: 'context-exceeded',
    details: { tokens: 47, limit: 46 },
    message: expect.stringMatching(/^The conversation is 47 tokens long; this model takes at most 46/),
  });
});

test('many long messages are refused quickly', async () => {
  const messages = Array.from({ length: 200 }, () => say('user', 'word '.repeat(1000)));
  const refused = () =>
    expect(build({ messages })).rejects.toMatchObject({
      code: 'context-exceeded',
      message: expect.stringMatching(/ about 10\d{5} tokens /),
    });
  expect(await cpuMs(refused, 3)).toBeLessThan(1500);
});
