import type { MemoryEvent } from './liveness';

/** ONNX Runtime's units and limits (core/framework/bfc_arena.h). */
const UNIT = 256;
const LAST_BIN = 20;
/** A free piece is cut where at least half of it, or so much, would be wasted. */
const MOST_WASTE = 128 << 20;

interface Piece {
  size: number;
  isFree: boolean;
  readonly region: number;
  at: number;
}

/** ONNX Runtime's BFCArena for one stream: what it holds of the device, gaps included, after runs of any graphs. */
export class Arena {
  readonly #extend: (bytes: number, held: number) => number;
  readonly #pieces: Piece[] = [];
  readonly #given = new Map<string, Piece>();
  #regions = 0;
  #held = 0;

  /** @param extend bytes to take of the device for what finds no place; unless told as many as are asked for. */
  constructor(extend: (bytes: number, held: number) => number = (bytes) => bytes) {
    this.#extend = extend;
  }

  get held(): number {
    return this.#held;
  }

  run(events: readonly MemoryEvent[]): void {
    for (const { kind, name, bytes } of events) {
      if (kind === 'take') this.#take(name, bytes);
      else this.#give(name);
    }
  }

  #take(name: string, bytes: number): void {
    const size = Math.max(UNIT, Math.ceil(bytes / UNIT) * UNIT);
    const piece = this.#best(size) ?? this.#grow(size);
    if (piece.size >= 2 * size || piece.size - size >= MOST_WASTE) {
      const { region, at } = piece;
      this.#pieces.push({ size: piece.size - size, isFree: true, region, at: at + size });
      piece.size = size;
    }
    piece.isFree = false;
    this.#given.set(name, piece);
  }

  /** The first of the smallest class of sizes that has one. */
  #best(size: number): Piece | undefined {
    const bin = (piece: Piece) => Math.min(LAST_BIN, Math.floor(Math.log2(piece.size / UNIT)));
    return this.#pieces
      .filter((piece) => piece.isFree && piece.size >= size)
      .sort((a, b) => bin(a) - bin(b) || a.size - b.size || a.region - b.region || a.at - b.at)[0];
  }

  #grow(size: number): Piece {
    const taken = this.#extend(size, this.#held);
    const piece = { size: taken, isFree: true, region: this.#regions++, at: 0 };
    this.#pieces.push(piece);
    this.#held += taken;
    return piece;
  }

  #give(name: string): void {
    const piece = this.#given.get(name)!;
    this.#given.delete(name);
    piece.isFree = true;
    for (;;) {
      const next = this.#pieces.findIndex(
        ({ isFree, region, at, size }) =>
          isFree && region === piece.region && (at === piece.at + piece.size || at + size === piece.at),
      );
      const neighbour = this.#pieces[next];
      if (!neighbour) break;
      piece.at = Math.min(piece.at, neighbour.at);
      piece.size += neighbour.size;
      this.#pieces.splice(next, 1);
    }
  }
}
