import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cpuMs } from '../../../../build/testing/cpu-time';
import { Output } from '../../../../electron/engine/runtime/output';
import { Tokenizer } from '../../../../electron/engine/tokenizer/tokenizer';
import { sentencePieceTokenizer } from './sentencepiece';

/** Against sentencepiece 0.2.2 itself: fixtures/make_sentencepiece.py. */

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'sentencepiece');
const cases = JSON.parse(readFileSync(path.join(fixtures, 'cases.json'), 'utf8')) as Record<
  'bpe' | 'unigram',
  { text: string; ids: number[]; decoded: string }[]
>;
const load = (kind: string) =>
  new Tokenizer(JSON.parse(sentencePieceTokenizer(readFileSync(path.join(fixtures, `${kind}.model`)))));

describe.each(['bpe', 'unigram'] as const)('%s', (kind) => {
  const tokenizer = load(kind);

  test.each(cases[kind])('$text', async ({ text, ids, decoded }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(await tokenizer.encodeWithin(text, 1000)).toEqual({ ids });
    const whole = tokenizer.decode(ids);
    expect(tokenizer.spaceFirst ? whole.replace(/^ /, '') : whole).toBe(decoded);
  });

  test('what is shown of an answer has no space that nobody wrote', () => {
    const output = new Output({ tokenizer, tags: null, start: 'answer', answering: false, stop: [] });
    for (const id of tokenizer.encode('Hello 😀 world')) output.push(id);
    const text = output
      .take()
      .map((delta) => (delta.type === 'delta' ? delta.text : ''))
      .join('');
    expect(text).toBe('Hello 😀 world');
  });

  test('special tokens are asked for by name, and never made of text', () => {
    const user = tokenizer.special('<|user|>');
    expect(user).toBeTypeOf('number');
    expect(tokenizer.special('</s>')).toBe(2);
    expect(tokenizer.encode('<|user|></s>')).not.toContain(user);
    expect(tokenizer.encode('<|user|></s>')).not.toContain(2);
  });
});

test('other files are refused with what they are', () => {
  expect(() => sentencePieceTokenizer(Buffer.from('PK\x03\x04 zip'))).toThrow(/no SentencePiece model/);
  expect(() => sentencePieceTokenizer(new Uint8Array())).toThrow(/it has no pieces/);
  const whole = readFileSync(path.join(fixtures, 'bpe.model'));
  expect(() => sentencePieceTokenizer(whole.subarray(0, whole.length - 10))).toThrow(/ends too early|Offset/);
});

test('a piece as long as a book is refused, not taken apart at each of its characters', async () => {
  const piece = (text: string) => {
    const bytes = Buffer.from(text);
    const inner = Buffer.concat([Buffer.of(0x0a), varint(bytes.length), bytes]);
    return Buffer.concat([Buffer.of(0x0a), varint(inner.length), inner]);
  };
  const bpe = Buffer.of(0x12, 2, 0x18, 2);
  const file = Buffer.concat([piece('a'.repeat(40_000)), bpe]);
  const taken = await cpuMs(() => expect(() => sentencePieceTokenizer(file)).toThrow(/too long/), 3);
  expect(taken).toBeLessThan(1000);
});

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}
