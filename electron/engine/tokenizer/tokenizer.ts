import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Tokenizer as HubTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { AppError } from '../../contract/errors';
import { bytesOfEntry } from './byte-level';
import { byteIds, bytesOfPiece } from './sentence-piece';

/** Far above any vocabulary; a number without bound would make a table of that length. */
const Id = z
  .number()
  .int()
  .min(0)
  .max(1 << 24);

/** The parts of Hugging Face's `tokenizer.json` that are used here; the rest goes to @huggingface/tokenizers unread. */
const TokenizerFile = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: Id, content: z.string(), special: z.boolean() })),
  model: z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('BPE'), vocab: z.record(z.string(), Id) }),
    z.looseObject({ type: z.literal('Unigram'), vocab: z.array(z.tuple([z.string(), z.number()])) }),
  ]),
  normalizer: z.unknown(),
  pre_tokenizer: z.unknown(),
  decoder: z.unknown(),
});

/** Characters encoded at a time, so that a long text leaves the thread free in between and can be given up early. */
const SECTION = 16_384;

/**
 * Byte-level BPE, or SentencePiece's BPE and unigram. Text never becomes a special token: whoever types `<|end|>` gets the tokens of those seven characters. Special
 * tokens are asked for by name and placed by id.
 */
export class Tokenizer {
  readonly vocabularySize: number;
  /** A text's first token brings a space that nobody wrote: it is left out where a text begins. */
  readonly spaceFirst: boolean;
  readonly #encoder: HubTokenizer;
  readonly #bytes: readonly Uint8Array[];
  readonly #special: ReadonlyMap<string, number>;
  readonly #specialIds: ReadonlySet<number>;
  readonly #longest: number;
  readonly #pieces: boolean;
  /** Ids of the 256 bytes, where a unigram model writes unknown characters with them: the library leaves that to its caller. */
  readonly #byteIds: readonly number[] | null;
  readonly #unknown: number;

  constructor(json: unknown) {
    const file = TokenizerFile.parse(json);
    this.#special = new Map(file.added_tokens.map((token) => [token.content, token.id]));
    this.#specialIds = new Set(this.#special.values());
    const { model: given } = file;
    const entries: readonly (readonly [entry: string, id: number])[] =
      given.type === 'BPE' ? Object.entries(given.vocab) : given.vocab.map(([entry], id) => [entry, id]);
    const text = entries.filter(([, id]) => !this.#specialIds.has(id));
    this.#pieces = usesPieces(file);
    this.spaceFirst = this.#pieces && mentions(file.normalizer, 'Prepend');
    this.#byteIds = given.type === 'Unigram' && given.byte_fallback === true ? byteIds(entries) : null;
    this.#unknown = given.type === 'Unigram' && typeof given.unk_id === 'number' ? given.unk_id : -1;
    const bytes: Uint8Array[] = [];
    for (const [entry, id] of text) bytes[id] = this.#pieces ? bytesOfPiece(entry) : bytesOfEntry(entry);
    for (const id of this.#specialIds) bytes[id] = new Uint8Array();
    this.#bytes = bytes;
    this.vocabularySize = bytes.length;
    this.#longest = bytes.reduce((longest, entry) => Math.max(longest, entry.length), 1);
    // Without added tokens the library has nothing to look for in the text, and without their entries nothing to merge to.
    const model = given.type === 'BPE' ? { ...given, vocab: Object.fromEntries(text) } : given;
    this.#encoder = new HubTokenizer({ ...file, model, added_tokens: [], post_processor: null }, {});
  }

  /** @throws AppError `model-damaged` when the file is of another kind. */
  static async read(path: string): Promise<Tokenizer> {
    try {
      return new Tokenizer(JSON.parse(await readFile(path, 'utf8')));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AppError('model-damaged', `The tokenizer ${path} cannot be used: ${reason}`, {
        kind: 'tokenizer-unusable',
        file: path,
      });
    }
  }

  /** Ids of a text; a lone surrogate counts as U+FFFD, as it would once it is UTF-8. */
  encode(text: string): number[] {
    if (text === '') return [];
    const { ids, tokens } = this.#encoder.encode(wellFormed(text), { add_special_tokens: false });
    const bytes = this.#byteIds;
    if (!bytes) return ids;
    return ids.flatMap((id, i) =>
      id === this.#unknown ? Array.from(Buffer.from(tokens[i] ?? ''), (byte) => bytes[byte] ?? id) : [id],
    );
  }

  /**
   * Ids of a text that may be too long: it is read in sections and given up once there are more than `limit` tokens, so that a
   * megabyte is refused in milliseconds.
   *
   * @returns the ids, or where there are more than `limit`, how many there would be, from a sample unless `exact`.
   */
  async encodeWithin(
    text: string,
    limit: number,
  ): Promise<{ ids: number[] } | { count: number; exact: boolean }> {
    const ids: number[] = [];
    // No token is longer than the longest entry, so some texts need no more than a sample to say that they do not fit.
    const hopeless = Buffer.byteLength(text) > limit * this.#longest;
    for (let start = 0; start < text.length; ) {
      // Pieces cross from word to word, so that a text that may fit is read as a whole.
      const end = this.#pieces && !hopeless ? text.length : sectionEnd(text, start);
      for (const id of this.encode(text.slice(start, end))) ids.push(id);
      if (ids.length > limit || hopeless) {
        const exact = end === text.length;
        return { count: exact ? ids.length : Math.round((ids.length / end) * text.length), exact };
      }
      start = end;
      if (start < text.length) await nextTurn();
    }
    return { ids };
  }

  /** Text of ids; special tokens have none, and half a character becomes U+FFFD. */
  decode(ids: Iterable<number>): string {
    return Buffer.concat(Array.from(ids, (id) => this.bytesOf(id))).toString('utf8');
  }

  /** The UTF-8 bytes a token stands for: often not a whole number of characters, none for a special token. */
  bytesOf(id: number): Uint8Array {
    return this.#bytes[id] ?? EMPTY;
  }

  isSpecial(id: number): boolean {
    return this.#specialIds.has(id);
  }

  /** Id of a special token by its text, for example `<|user|>`; undefined where the vocabulary has none of that name. */
  special(content: string): number | undefined {
    return this.#special.get(content);
  }
}

const EMPTY = new Uint8Array();

const mentions = (part: unknown, word: string): boolean => (JSON.stringify(part) ?? '').includes(word);

/** SentencePiece's vocabulary: words with `▁` in front of them, against the byte-level alphabet. */
function usesPieces({ model, normalizer, pre_tokenizer, decoder }: z.infer<typeof TokenizerFile>): boolean {
  if (mentions(pre_tokenizer, 'ByteLevel') || mentions(decoder, 'ByteLevel')) return false;
  return model.type === 'Unigram' || model.byte_fallback === true || mentions([normalizer, decoder], '▁');
}

/** With the `u` flag a surrogate that is half of a pair does not match, only a lone one. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/**
 * End of a section of about SECTION characters: before a single space between two words, where a byte-level pre-tokenizer always
 * splits, so the ids are those of the whole text. Text without such a place is cut anyway, but never through a surrogate pair.
 */
function sectionEnd(text: string, start: number): number {
  const limit = start + SECTION;
  if (limit >= text.length) return text.length;
  for (let i = limit; i > start + SECTION / 2; i--) {
    if (text[i] === ' ' && /\w/.test(text[i - 1] ?? '') && /\w/.test(text[i + 1] ?? '')) return i;
  }
  const code = text.charCodeAt(limit);
  return code >= 0xdc00 && code <= 0xdfff ? limit - 1 : limit;
}
