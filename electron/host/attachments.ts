import { setImmediate } from 'node:timers/promises';
import type { App } from '../app/app';
import { pieces } from '../app/attachments/attachments';
import type { SoundDesk } from '../app/sound/sound-desk';
import { AppError, type ErrorInfo, toErrorInfo } from '../contract/errors';
import { ATTACHMENTS_PATH } from '../contract/media';
import { MAX_SPEECH_SECONDS } from '../contract/speech';
import type { MediaRequest, StoreDocument, StoreMedia } from '../server/generation';

/**
 * Files come from anywhere: a browser must neither run what one holds (an SVG can hold scripts) nor guess at its type. `sandbox`
 * gives a file opened by itself an origin of its own.
 */
const FILE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/** What keeps files. */
export type Files = Pick<App, 'attachments' | 'sounds'>;

/** The attachments' part of both hosts (contract/media.ts). The caller has checked who asks. */
export async function answerAttachments(files: Files, request: Request): Promise<Response> {
  const { attachments: store } = files;
  const { pathname, searchParams } = new URL(request.url);
  if (request.method === 'POST' && pathname === ATTACHMENTS_PATH) {
    return upload(files, request, searchParams.get('name') ?? '');
  }
  const read = request.method === 'GET' || request.method === 'HEAD';
  const file = read
    ? await store.read(pathname.slice(ATTACHMENTS_PATH.length + 1), formOf(searchParams))
    : null;
  if (!file) return new Response('There is nothing here.', { status: 404, headers: FILE_HEADERS });
  return new Response(request.method === 'HEAD' ? null : file.body(), {
    headers: {
      ...FILE_HEADERS,
      'content-type': file.mediaType,
      'content-length': String(file.bytes),
      // Its name is its content: it never changes.
      'cache-control': 'private, max-age=31536000, immutable',
    },
  });
}

function formOf(parameters: URLSearchParams): 'file' | 'preview' | 'text' {
  if (parameters.has('preview')) return 'preview';
  return parameters.has('text') ? 'text' : 'file';
}

async function upload({ attachments, sounds }: Files, request: Request, name: string): Promise<Response> {
  const headers = { ...FILE_HEADERS, 'cache-control': 'no-store' };
  try {
    const kept = await sounds.add(request.body ?? pieces(new Uint8Array()), name);
    attachments.keep(kept);
    return Response.json(kept, { headers });
  } catch (error) {
    const info: ErrorInfo = toErrorInfo(error);
    return Response.json(info, { status: STATUS[info.code] ?? 500, headers });
  }
}

const STATUS: Partial<Readonly<Record<ErrorInfo['code'], number>>> = {
  'invalid-request': 400,
  'disk-full': 507,
};

const DATA_URL = /^data:[^,]*?(;base64)?,/i;

/** What clients of the API send, kept like a file that was dropped, for an hour. Nothing is fetched from the network. */
export function storeMedia({ attachments, sounds }: Files): StoreMedia {
  return async (media, request) => {
    const kept =
      media.type === 'image'
        ? await attachments.add(imageIn(media.url), media.type, ['image'])
        : await takeSound(sounds, media.data, request);
    await attachments.lend(kept);
    const { sha256, durationMs = 0 } = kept;
    request.secondsLeft -= durationMs / 1000;
    if (request.secondsLeft < 0) throw tooMuchSound();
    return { type: media.type, path: attachments.path(sha256), sha256 };
  };
}

async function takeSound(sounds: SoundDesk, data: string, { secondsLeft, signal }: MediaRequest) {
  const base64 = data.slice(DATA_URL.exec(data)?.[0].length ?? 0);
  const options = { onlySound: true, maxSeconds: secondsLeft, ...(signal && { signal }) };
  return sounds.add(decoded(base64), 'input_audio', options).catch((error: unknown) => {
    throw error instanceof AppError && error.details?.reason === 'too-long' ? tooMuchSound() : error;
  });
}

const tooMuchSound = () =>
  new AppError(
    'invalid-request',
    `The sound of one request may last ${MAX_SPEECH_SECONDS} seconds in all. Cut it, or transcribe it first.`,
  );

/** Characters that are decoded in one go: a whole megabyte would still be some milliseconds. */
const BASE64_PIECE = 256 << 10;

/** Bytes of base64, piece by piece: what else this process has to do goes on in between. */
async function* decoded(base64: string): AsyncGenerator<Uint8Array> {
  // Pieces are whole groups of four.
  const text = /\s/.test(base64) ? base64.replace(/\s+/g, '') : base64;
  for (let at = 0; at < text.length; at += BASE64_PIECE) {
    yield Buffer.from(text.slice(at, at + BASE64_PIECE), 'base64');
    await setImmediate();
  }
}

/** A document that a client of the API sends, by the same rules. */
export function storeDocument({ attachments: store }: Files): StoreDocument {
  return async ({ name, data }) => {
    const prefix = DATA_URL.exec(data);
    const base64 = data.slice(prefix?.[0].length ?? 0);
    if ((prefix && !prefix[1]) || !/^[\w+/=\s-]*$/.test(base64)) {
      throw new AppError(
        'invalid-request',
        "A file must be a data: URI in base64, such as 'data:application/pdf;base64,…'; addresses are not fetched.",
      );
    }
    const kept = await store.add(decoded(base64), name, ['document']);
    await store.lend(kept);
    return kept;
  };
}

function imageIn(url: string): AsyncIterable<Uint8Array> {
  const match = DATA_URL.exec(url);
  if (match?.[1]) return decoded(url.slice(match[0].length));
  throw new AppError(
    'invalid-request',
    "An image must be a data: URI in base64, such as 'data:image/png;base64,…'; addresses are not fetched.",
  );
}
