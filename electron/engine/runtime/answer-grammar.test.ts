import { describe, expect, test } from 'vitest';
import { byteTokenizer } from '../../../models/builder/tokenizer';
import type { GenerationRequest } from '../../contract/generation';
import { Constraint } from '../grammar/constraint';
import { Vocabulary } from '../grammar/vocabulary';
import { admits } from '../testing/random-writer';
import { request } from '../testing/requests';
import { Tokenizer } from '../tokenizer/tokenizer';
import { answerGrammar } from './answer-grammar';

const tokenizer = new Tokenizer(JSON.parse(byteTokenizer()));
const asked = (rest: Partial<GenerationRequest>): GenerationRequest =>
  request('Hi', {}, { format: { type: 'choice', choices: ['yes', 'no'] }, ...rest });

describe('what a model may write whose tags are text', () => {
  const tags = { open: '<reason>', close: '</reason>' };
  const answerTags = { open: '<answer>', close: '</answer>' };
  const takes = (text: string, thinking: boolean, answer: typeof answerTags | null = null) => {
    const grammar = answerGrammar(asked({ enableThinking: thinking }), {
      tokenizer,
      tags,
      answerTags: answer,
    });
    return grammar !== null && admits(grammar, text);
  };

  test('is its reasoning, and then the answer', () => {
    expect(takes('<reason>no or yes? </reaso yes</reason>\n\nyes', true)).toBe(true);
    expect(takes('<reason></reason>no', true)).toBe(true);
    expect(takes('<reason>so</reason>perhaps', true)).toBe(false);
    expect(takes('<reason>so', true)).toBe(false);
    expect(takes('yes', true)).toBe(false);
    expect(takes('yes', false)).toBe(true);
    expect(takes('<reason></reason>yes', false)).toBe(false);
  });

  test('has its answer between tags where it writes such', () => {
    expect(takes('<reason>a</reason>\n<answer>yes</answer>', true, answerTags)).toBe(true);
    expect(takes('<reason>a</reason><answer>\nyes', true, answerTags)).toBe(true);
    expect(takes('<reason>a</reason>yes</answer>', true, answerTags)).toBe(false);
    // Without reasoning the prompt has opened the answer.
    expect(takes('yes</answer>', false, answerTags)).toBe(true);
  });
});

test('tags that are tokens are written as tokens, and an end only after the answer', () => {
  const tags = { open: '<think>', close: '</think>' };
  const grammar = answerGrammar(asked({ enableThinking: true }), { tokenizer, tags, answerTags: null });
  const constraint = new Constraint(grammar!, Vocabulary.of(tokenizer), new Set([1]));
  const write = (...ids: number[]) => {
    for (const id of ids) {
      expect([id, constraint.accepts(id)]).toEqual([id, true]);
      constraint.advance(id);
    }
  };
  const [open, close] = [tokenizer.special('<think>')!, tokenizer.special('</think>')!];
  expect(constraint.accepts(tokenizer.encode('y')[0]!)).toBe(false);
  write(open, ...tokenizer.encode('Is it? 是 {"'));
  for (const id of [1, open, tokenizer.special('<|user|>')!]) expect(constraint.accepts(id)).toBe(false);
  write(close, ...tokenizer.encode('\nye'));
  expect(constraint.accepts(1)).toBe(false);
  write(...tokenizer.encode('s'));
  expect(constraint.accepts(1)).toBe(true);
  expect(constraint.isComplete).toBe(true);
});

test('nothing is asked of an answer without a form, and none can be continued with one', () => {
  const context = { tokenizer, tags: null, answerTags: null };
  expect(answerGrammar(request('Hi'), context)).toBeNull();
  const continued = asked({ prefix: { reasoning: '', answer: 'y' } });
  expect(() => answerGrammar(continued, context)).toThrow(/cannot be continued/);
});
