/** Ids 0 to 12 of models/README.md section 2; up to 31 they are reserved. */
const NAMED = [
  '<|pad|>',
  '<|end|>',
  '<|system|>',
  '<|user|>',
  '<|assistant|>',
  '<|think|>',
  '<|nothink|>',
  '<think>',
  '</think>',
  '<|image|>',
  '<|image_end|>',
  '<|audio|>',
  '<|audio_end|>',
];
const SPECIAL_COUNT = 32;

/**
 * A `tokenizer.json` for random weights: the special tokens, then one token a byte, no merges. Ids 288 and up decode to nothing
 * anybody would read; they only have to exist.
 */
export function byteTokenizer(): string {
  const special = Array.from({ length: SPECIAL_COUNT }, (_, id) => NAMED[id] ?? `<|reserved_${id}|>`);
  const vocab: Record<string, number> = Object.fromEntries(special.map((text, id) => [text, id]));
  for (const [byte, character] of byteAlphabet().entries()) vocab[character] = SPECIAL_COUNT + byte;
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      vocab,
      merges: [],
    },
  });
}

/** GPT-2's printable character for every byte: itself where it prints, else the next unused one from U+0100. */
function byteAlphabet(): string[] {
  const printable = (b: number) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  let extra = 0;
  return Array.from({ length: 256 }, (_, b) => String.fromCharCode(printable(b) ? b : 256 + extra++));
}
