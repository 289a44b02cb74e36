import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { tooLarge } from './body';
import { HttpError } from './errors';

/** What a form says beside its file, by name; a name may come more than once. */
export type FormFields = ReadonlyMap<string, readonly string[]>;

export interface FormOptions {
  /** The field that holds the file. */
  readonly file: string;
  readonly maxBytes: number;
}

/** Of everything beside the file, far more than any client sends. */
const LIMITS = { fields: 100, fieldSize: 64 << 10, fieldNameSize: 200, parts: 110, headerPairs: 50 };

/** A boundary has 70 characters at most (RFC 2046 §5.1.1). */
const MAX_TYPE = 300;

/**
 * Reads a multipart form as it arrives, its file never in memory as a whole.
 *
 * @param take reads the file; the fields are all there once the form has ended, as clients send them in any order. What it throws is
 *   thrown after the rest was read, since clients listen only when they have sent everything.
 * @throws HttpError 400, 413, and what `take` throws
 */
export async function readForm<Result>(
  request: Request,
  { file: wanted, maxBytes }: FormOptions,
  take: (file: AsyncIterable<Uint8Array>, name: string, fields: Promise<FormFields>) => Promise<Result>,
): Promise<Result> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\b.*\bboundary=/i.test(type) || type.length > MAX_TYPE || !request.body) {
    throw malformed(`it must be multipart/form-data with the sound in '${wanted}'`);
  }
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const fields = new Map<string, string[]>();
  const form = parser(type);
  let file: Readable | null = null;
  let result: Promise<Result> | null = null;
  const ended = promised<FormFields>();
  form.on('field', (name, value) => fields.set(name, [...(fields.get(name) ?? []), value]));
  form.on('file', (name, stream, filename) => {
    // A form that is cut off fails each of its streams, of which nobody may read any more: unheard, that ends the process.
    stream.on('error', () => {});
    if (name !== wanted || result) return void stream.resume();
    file = stream;
    result = take(pieces(stream), filename ?? 'sound', ended.promise);
    // Where it is not read to its end the form must still come to its own.
    result.catch(() => {}).finally(() => stream.resume());
  });
  try {
    await pipeline(Readable.fromWeb(request.body as never), limited(maxBytes), form);
    ended.resolve(fields);
  } catch (error) {
    const reason = error instanceof HttpError ? error : malformed('it is cut off or damaged');
    (file as Readable | null)?.destroy(reason);
    ended.reject(reason);
    await (result as Promise<Result> | null)?.catch(() => {});
    throw reason;
  }
  if (result) return result;
  throw new HttpError(400, {
    message: `Invalid '${wanted}': it is required.`,
    param: wanted,
    code: 'missing_required_parameter',
  });
}

function parser(type: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: { 'content-type': type }, limits: LIMITS });
  } catch {
    throw malformed('its content type has no usable boundary');
  }
}

/** Left early, the stream stays: what is left of it is read by the form. */
async function* pieces(stream: Readable): AsyncGenerator<Uint8Array> {
  yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Uint8Array>;
}

/** A promise that is kept from outside; nobody has to look at it. */
function promised<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<Value>((keep, fail) => {
    [resolve, reject] = [keep, fail];
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

function limited(maxBytes: number) {
  return async function* (source: AsyncIterable<Uint8Array>) {
    let bytes = 0;
    for await (const piece of source) {
      bytes += piece.byteLength;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield piece;
    }
  };
}

function malformed(reason: string): HttpError {
  return new HttpError(400, {
    message: `The request is no form that can be read: ${reason}.`,
    code: 'invalid_form',
  });
}
