/** Keeps what was made last, up to a number of bytes; the value used longest ago goes first, and at least one stays. */
export class ByteCache<Value> {
  readonly #limit: number;
  readonly #bytesOf: (value: Value) => number;
  readonly #drop: (value: Value) => void;
  /** Oldest use first. */
  readonly #kept = new Map<string, Value>();
  #bytes = 0;

  constructor(limit: number, bytesOf: (value: Value) => number, drop: (value: Value) => void = () => {}) {
    this.#limit = limit;
    this.#bytesOf = bytesOf;
    this.#drop = drop;
  }

  get(key: string): Value | undefined {
    const found = this.#kept.get(key);
    if (found === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found;
  }

  set(key: string, value: Value): void {
    this.#kept.set(key, value);
    this.#bytes += this.#bytesOf(value);
    for (const [old, other] of this.#kept) {
      if (this.#bytes <= this.#limit || other === value) break;
      this.#kept.delete(old);
      this.#bytes -= this.#bytesOf(other);
      this.#drop(other);
    }
  }

  clear(): void {
    for (const value of this.#kept.values()) this.#drop(value);
    this.#kept.clear();
    this.#bytes = 0;
  }
}
