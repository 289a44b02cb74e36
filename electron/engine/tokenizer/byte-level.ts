/**
 * The alphabet of byte-level BPE: each of the 256 bytes is written as one printable character, so that a vocabulary can be kept
 * as text. Bytes that are printable in Latin-1 stand for themselves, the other 68 take U+0100 and up in order. Source: GPT-2's
 * `bytes_to_unicode` (openai/gpt-2, src/encoder.py).
 */
const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = (() => {
  const map = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    map.set(String.fromCharCode(printable ? byte : next++), byte);
  }
  return map;
})();

/** The bytes that a vocabulary entry such as `Ġhello` or `ä½ł` stands for. @throws RangeError for another kind of entry. */
export function bytesOfEntry(entry: string): Uint8Array {
  return Uint8Array.from(entry, (character) => {
    const byte = BYTE_OF_CHARACTER.get(character);
    if (byte === undefined) throw new RangeError(`"${entry}" is not an entry of a byte-level vocabulary.`);
    return byte;
  });
}
