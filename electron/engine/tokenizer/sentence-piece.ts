const BYTE = /^<0x([0-9A-Fa-f]{2})>$/;

/** The bytes that an entry of a SentencePiece vocabulary stands for: `▁` is a space, `<0x0A>` one byte. */
export function bytesOfPiece(piece: string): Uint8Array {
  const byte = BYTE.exec(piece)?.[1];
  if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
  return Buffer.from(piece.replaceAll('▁', ' '));
}

/** By byte, the ids of `<0x00>` to `<0xFF>`; null where one is missing. */
export function byteIds(entries: Iterable<readonly [entry: string, id: number]>): readonly number[] | null {
  const ids: number[] = [];
  for (const [entry, id] of entries) {
    const byte = BYTE.exec(entry)?.[1];
    if (byte !== undefined) ids[Number.parseInt(byte, 16)] = id;
  }
  return Object.keys(ids).length === 256 ? ids : null;
}
