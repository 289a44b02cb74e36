import { createParser } from 'eventsource-parser';
import { broken, late, tooMuch } from './failures';

/** Of one event, in UTF-16 units: an answer without streaming may come as one. */
const MAX_EVENT = 16 * 2 ** 20;
/** Of a whole answer, in bytes; a hundred thousand tokens with all that is around them take about thirty. */
const MAX_ANSWER_BYTES = 128 * 2 ** 20;

/**
 * The data of server-sent events, as they arrive. Whatever ends the body ends it: what was not closed by an empty line counts too.
 *
 * @param idleMs a server that says nothing for so long, not even a comment, is taken for gone.
 * @throws AppError `remote-failed` where the connection breaks; the signal's own error where it was aborted
 */
export async function* eventData(
  body: ReadableStream<Uint8Array>,
  { host, signal, idleMs }: { readonly host: string; readonly signal: AbortSignal; readonly idleMs: number },
): AsyncGenerator<string> {
  const found: string[] = [];
  let overflow = false;
  const parser = createParser({
    onEvent: ({ data }) => found.push(data),
    onError: ({ type }) => {
      overflow ||= type === 'max-buffer-size-exceeded';
    },
    maxBufferSize: MAX_EVENT,
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let bytes = 0;
  try {
    for (;;) {
      const value = await next(reader, { host, signal, idleMs });
      parser.feed(value ? decoder.decode(value, { stream: true }) : `${decoder.decode()}\n\n`);
      yield* found.splice(0);
      if (!value) return;
      bytes += value.byteLength;
      if (overflow || bytes > MAX_ANSWER_BYTES) throw tooMuch(host, overflow ? MAX_EVENT : MAX_ANSWER_BYTES);
    }
  } finally {
    // Whoever has enough leaves early; the connection ends with it.
    void reader.cancel().catch(() => {});
  }
}

async function next(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { host, signal, idleMs }: { readonly host: string; readonly signal: AbortSignal; readonly idleMs: number },
): Promise<Uint8Array | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const idle = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late(host, Math.round(idleMs / 1_000))), idleMs);
  });
  try {
    const { done, value } = await Promise.race([
      reader.read().catch((error: unknown) => {
        signal.throwIfAborted();
        throw Object.assign(broken(host), { cause: error });
      }),
      idle,
    ]);
    return done ? null : value;
  } finally {
    clearTimeout(timer);
  }
}
