import { ModelError } from '../../errors';

/*
 * SentencePiece's `tokenizer.model` (github.com/google/sentencepiece, src/sentencepiece_model.proto), rewritten as Hugging Face's
 * `tokenizer.json`, as transformers' convert_slow_tokenizer.py does: the engine knows one format.
 */

const TYPE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;
/** Longer than any that SentencePiece trains by itself, in characters; the ways to make a piece grow with its square. */
const MAX_PIECE = 1000;
const MODEL = { unigram: 1, bpe: 2 } as const;

interface Piece {
  readonly text: string;
  readonly score: number;
  readonly type: number;
}

interface SentencePieceModel {
  readonly pieces: readonly Piece[];
  readonly kind: number;
  readonly byteFallback: boolean;
  readonly unknown: number;
  readonly dummyPrefix: boolean;
  readonly squeezeSpaces: boolean;
  readonly charsmap: Uint8Array;
}

/** @throws ModelError when the bytes are no SentencePiece model, or one of words or characters. */
export function sentencePieceTokenizer(bytes: Uint8Array): string {
  const model = readModel(bytes);
  if (model.kind !== MODEL.bpe && model.kind !== MODEL.unigram) {
    throw new ModelError(
      'tokenizer.model is a SentencePiece model of words or characters; BPE and unigram can be used.',
      { kind: 'tokenizer-unusable', file: 'tokenizer.model' },
    );
  }
  const { pieces, byteFallback } = model;
  const special = pieces.flatMap(({ text, type }, id) =>
    type === TYPE.control || type === TYPE.unknown || type === TYPE.userDefined ? [{ id, text }] : [],
  );
  const unknown = pieces[model.unknown]?.text ?? null;
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map(({ id, text }) => ({
      id,
      content: text,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Sequence', normalizers: normalizers(model) },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(model.dummyPrefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model:
      model.kind === MODEL.unigram
        ? {
            type: 'Unigram',
            unk_id: model.unknown,
            // What is no text must not be found in one.
            vocab: pieces.map(({ text, score, type }, id) => [
              type === TYPE.normal || type === TYPE.byte ? text : `\u0000${id}`,
              score,
            ]),
            byte_fallback: byteFallback,
          }
        : {
            type: 'BPE',
            dropout: null,
            unk_token: unknown,
            continuing_subword_prefix: null,
            end_of_word_suffix: null,
            fuse_unk: true,
            byte_fallback: byteFallback,
            vocab: Object.fromEntries(pieces.map(({ text }, id) => [text, id])),
            merges: merges(pieces),
          },
  });
}

function normalizers({ dummyPrefix, squeezeSpaces, charsmap }: SentencePieceModel): object[] {
  return [
    ...(charsmap.length > 0
      ? [{ type: 'Precompiled', precompiled_charsmap: Buffer.from(charsmap).toString('base64') }]
      : []),
    ...(squeezeSpaces
      ? [
          { type: 'Strip', strip_left: true, strip_right: true },
          { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
        ]
      : []),
    ...(dummyPrefix ? [{ type: 'Prepend', prepend: '▁' }] : []),
    { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
  ];
}

/** SentencePiece joins the neighbours whose union has the highest score; BPE joins by rank: every way to make a piece, best first. */
function merges(pieces: readonly Piece[]): [string, string][] {
  const known = new Set(pieces.filter(({ type }) => type === TYPE.normal).map(({ text }) => text));
  const found: { left: string; right: string; score: number }[] = [];
  for (const { text, score, type } of pieces) {
    if (type !== TYPE.normal) continue;
    const characters = [...text];
    if (characters.length > MAX_PIECE) {
      throw new ModelError(`tokenizer.model has a piece that is too long: ${characters.length} characters.`, {
        kind: 'tokenizer-unusable',
        file: 'tokenizer.model',
      });
    }
    for (let at = 1; at < characters.length; at++) {
      const left = characters.slice(0, at).join('');
      const right = characters.slice(at).join('');
      if (known.has(left) && known.has(right)) found.push({ left, right, score });
    }
  }
  found.sort((a, b) => b.score - a.score);
  return found.map(({ left, right }) => [left, right]);
}

function readModel(bytes: Uint8Array): SentencePieceModel {
  try {
    const pieces: Piece[] = [];
    let trainer = new Map<number, number | Uint8Array>();
    let normalizer = new Map<number, number | Uint8Array>();
    for (const [field, value] of fields(bytes)) {
      if (!(value instanceof Uint8Array)) continue;
      if (field === 1) pieces.push(readPiece(value));
      else if (field === 2) trainer = new Map(fields(value));
      else if (field === 3) normalizer = new Map(fields(value));
    }
    if (pieces.length === 0) throw new RangeError('it has no pieces');
    const number = (from: ReadonlyMap<number, number | Uint8Array>, field: number, preset: number) => {
      const value = from.get(field);
      return typeof value === 'number' ? value : preset;
    };
    const charsmap = normalizer.get(2);
    return {
      pieces,
      kind: number(trainer, 3, MODEL.unigram),
      byteFallback: number(trainer, 35, 0) === 1,
      unknown: number(trainer, 40, 0),
      dummyPrefix: number(normalizer, 3, 1) === 1,
      squeezeSpaces: number(normalizer, 4, 1) === 1,
      charsmap: charsmap instanceof Uint8Array ? charsmap : new Uint8Array(),
    };
  } catch (error) {
    throw new ModelError(`tokenizer.model is no SentencePiece model: ${(error as Error).message}`, {
      kind: 'tokenizer-unusable',
      file: 'tokenizer.model',
    });
  }
}

function readPiece(bytes: Uint8Array): Piece {
  let text = '';
  let score = 0;
  let type: number = TYPE.normal;
  for (const [field, value] of fields(bytes)) {
    if (field === 1 && value instanceof Uint8Array) text = Buffer.from(value).toString('utf8');
    else if (field === 2 && typeof value === 'number') score = value;
    else if (field === 3 && typeof value === 'number') type = value;
  }
  return { text, score, type };
}

/** Fields of a message of Protocol Buffers (protobuf.dev/programming-guides/encoding); a fixed 32-bit value is taken for a float. */
function* fields(bytes: Uint8Array): Generator<[field: number, value: number | Uint8Array]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield [field, varint()];
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        if (at + length > bytes.length) throw new RangeError('it ends too early');
        yield [field, bytes.subarray(at, at + length)];
        at += length;
        break;
      }
      case 5:
        yield [field, view.getFloat32(at, true)];
        at += 4;
        break;
      default:
        throw new RangeError(`it has a field of wire type ${tag % 8}`);
    }
  }
}
