/** Turns the bytes of one token after another into text. Only whole characters come out; a half waits for its rest. */
export class TextStream {
  // A byte order mark is text like any other here: the answer must be what the model wrote.
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** Text that became complete with these bytes, often one token's, sometimes none. Bytes that are no UTF-8 become U+FFFD. */
  push(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  /** Forgets a half character, for example when a special token or the end cut it off: it is never shown. */
  reset(): void {
    this.#decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  }
}
