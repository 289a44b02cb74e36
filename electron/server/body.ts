import { HttpError } from './errors';

/** Text is far smaller; this leaves room for images. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** The body as JSON, whatever its declared type: curl calls it a form. Throws 400 and 413. */
export async function readJson(request: Request, maxBytes = MAX_BODY_BYTES): Promise<unknown> {
  const text = await readText(request, maxBytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HttpError(400, {
      message: `The request body is not valid JSON: ${toOneLine(reason)}.`,
      code: 'invalid_json',
    });
  }
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (!request.body) return '';
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

export function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, {
    message: `The request body is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`,
    code: 'request_too_large',
  });
}

/** V8 quotes the input, which may be anything. */
function toOneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Surrogate}]+/gu, ' ')
    .slice(0, 200)
    .replace(/\.$/, '');
}
