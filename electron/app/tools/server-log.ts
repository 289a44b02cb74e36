/** Of one server; what was said last matters. */
const MAX_CHARACTERS = 32_000;

/** What servers wrote beside the protocol, by their ids. */
export class ServerLogs {
  readonly #texts = new Map<string, string>();

  add(id: string, text: string): void {
    const all = (this.#texts.get(id) ?? '') + text;
    this.#texts.set(id, all.length <= MAX_CHARACTERS ? all : fromALine(all.slice(-MAX_CHARACTERS)));
  }

  get(id: string): string {
    return this.#texts.get(id) ?? '';
  }

  forget(id: string): void {
    this.#texts.delete(id);
  }
}

function fromALine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(end + 1);
}
