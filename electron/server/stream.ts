import type { DocumentUse } from '../contract/documents';
import { assertNever, toErrorInfo } from '../contract/errors';
import type { GenerationEvent } from '../contract/generation';
import { type CompletionHead, type DeltaWriter, toChunk, toStatistics, toUsageChunk } from './completion';
import { fromErrorInfo, HttpError } from './errors';

export interface StreamOptions {
  readonly head: CompletionHead;
  readonly writer: DeltaWriter;
  readonly documents?: readonly DocumentUse[];
  readonly includeUsage: boolean;
  /** A comment is sent after this long without an event, so that nobody on the way takes the connection for dead. */
  readonly keepAliveMs: number;
}

/** Events taken one at a time, with a limit on the wait; an event that came too late is the next one. */
export class EventReader {
  readonly #iterator: AsyncIterator<GenerationEvent>;
  #pending: Promise<IteratorResult<GenerationEvent>> | null = null;

  constructor(events: AsyncIterable<GenerationEvent>) {
    this.#iterator = events[Symbol.asyncIterator]();
  }

  /** null: nothing within `timeoutMs`. A stream that ends without `finished` or `failed` ends in a failure here. */
  async next(timeoutMs: number): Promise<GenerationEvent | null> {
    this.#pending ??= this.#iterator.next();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, null);
    });
    try {
      const result = await Promise.race([this.#pending, timeout]);
      if (!result) return null;
      this.#pending = null;
      if (!result.done) return result.value;
      return {
        type: 'failed',
        error: { code: 'engine-failed', message: 'The engine ended without a result.' },
      };
    } catch (error) {
      this.#pending = null;
      return { type: 'failed', error: toErrorInfo(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Nobody reads on: lets the engine's side clean up after the event it is at. */
  close(): void {
    this.#iterator.return?.().catch(() => {});
  }
}

/** Server-sent events, one flush an event, ended by `[DONE]`. `abort` is called when the client goes away. */
export function streamCompletion(
  reader: EventReader,
  first: GenerationEvent | null,
  options: StreamOptions,
  abort: () => void,
): Response {
  const encoder = new TextEncoder();
  const { head } = options;
  const buffered: (GenerationEvent | null)[] = [first];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(
        encoder.encode(toSse(toChunk(head, { role: 'assistant', content: '' }, null), options)),
      );
    },
    // Called again once what it sent was taken, so a slow client holds back nothing but its own stream.
    async pull(controller) {
      let sent = '';
      while (sent === '') {
        const event = buffered.length > 0 ? buffered.shift()! : await reader.next(options.keepAliveMs);
        const step = toEvents(event, options);
        sent = step.text;
        if (sent !== '') controller.enqueue(encoder.encode(sent));
        if (step.isLast) return controller.close();
      }
    },
    cancel() {
      abort();
      reader.close();
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Reverse proxies collect small pieces unless told not to.
      'x-accel-buffering': 'no',
    },
  });
}

interface Step {
  readonly text: string;
  readonly isLast: boolean;
}

function toEvents(event: GenerationEvent | null, options: StreamOptions): Step {
  const { head, writer } = options;
  if (!event) return { text: ': keep-alive\n\n', isLast: false };
  switch (event.type) {
    case 'started':
    case 'was-reasoning':
      return { text: '', isLast: false };
    case 'delta':
    case 'tool-call': {
      const deltas =
        event.type === 'delta' ? writer.write(event.channel, event.text) : writer.writeCall(event);
      return {
        text: deltas.map((delta) => toSse(toChunk(head, delta, null), options)).join(''),
        isLast: false,
      };
    }
    case 'finished':
      return { text: finish(event, options), isLast: true };
    case 'failed':
      return { text: failure(fromErrorInfo(event.error)), isLast: true };
    default:
      return assertNever(event);
  }
}

function finish(
  { reason, stats }: Extract<GenerationEvent, { readonly type: 'finished' }>,
  options: StreamOptions,
): string {
  const { head, writer, includeUsage, documents } = options;
  try {
    const last = {
      ...toChunk(head, {}, writer.finishReason(reason)),
      x_autoglm: toStatistics(stats, documents),
    };
    return [
      ...writer.end().map((delta) => toSse(toChunk(head, delta, null), options)),
      toSse(last, options),
      ...(includeUsage ? [toSse(toUsageChunk(head, stats), options)] : []),
      'data: [DONE]\n\n',
    ].join('');
  } catch (error) {
    if (error instanceof HttpError) return failure(error);
    throw error;
  }
}

/** The status line is long gone, so the error is an event; clients of OpenAI's API raise it. */
function failure(error: HttpError): string {
  return `data: ${JSON.stringify(error.body)}\n\ndata: [DONE]\n\n`;
}

/** With `include_usage` every chunk has the field; only the last one fills it. */
function toSse(chunk: object, { includeUsage }: StreamOptions): string {
  return `data: ${JSON.stringify(includeUsage ? { ...chunk, usage: 'usage' in chunk ? chunk.usage : null } : chunk)}\n\n`;
}
