import { type AttachmentStore, pieces } from '../app/attachments';
import { AppError, type ErrorInfo, toErrorInfo } from '../contract/errors';
import { ATTACHMENTS_PATH } from '../contract/media';
import { findSound, secondsOf, toSpeechWav } from '../contract/sound';
import { MAX_SPEECH_SECONDS } from '../contract/speech';
import type { MediaInput, StoreMedia } from '../server/generation';

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

/** The attachments' part of both hosts (contract/media.ts). The caller has checked who asks. */
export async function answerAttachments(store: AttachmentStore, request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method === 'POST' && pathname === ATTACHMENTS_PATH) {
    return upload(store, request, searchParams.get('name') ?? '');
  }
  const read = request.method === 'GET' || request.method === 'HEAD';
  const file = read
    ? await store.read(pathname.slice(ATTACHMENTS_PATH.length + 1), searchParams.has('preview'))
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

async function upload(store: AttachmentStore, request: Request, name: string): Promise<Response> {
  const headers = { ...FILE_HEADERS, 'cache-control': 'no-store' };
  try {
    return Response.json(await store.add(request.body ?? pieces(new Uint8Array()), name), { headers });
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

/** What clients of the API send, kept like a file that was dropped. Nothing is fetched from the network. */
export function storeMedia(store: AttachmentStore): StoreMedia {
  return async (media) => {
    const bytes = media.type === 'image' ? imageIn(media.url) : speechIn(media);
    const { sha256, kind } = await store.add(pieces(bytes), media.type);
    return { type: kind, path: store.path(sha256), sha256 };
  };
}

function imageIn(url: string): Uint8Array {
  const match = DATA_URL.exec(url);
  if (match?.[1]) return Buffer.from(url.slice(match[0].length), 'base64');
  throw new AppError(
    'invalid-request',
    "An image must be a data: URI in base64, such as 'data:image/png;base64,…'; addresses are not fetched.",
  );
}

/** As the app keeps speech, whatever rate and channels it had. */
function speechIn({ data, format }: Extract<MediaInput, { readonly type: 'audio' }>): Uint8Array {
  const refuse = (message: string) => new AppError('invalid-request', message);
  if (format.toLowerCase() !== 'wav') {
    throw refuse(`Sound must have the format 'wav'; '${format.slice(0, 20)}' is not read here. Convert it.`);
  }
  const file = Buffer.from(data, 'base64');
  const found = findSound(file, file.length);
  if (!found)
    throw refuse("Sound must be an uncompressed WAV in base64, without 'data:' before it, and not empty.");
  if (secondsOf(found) > MAX_SPEECH_SECONDS) {
    throw refuse(`Sound may last at most ${MAX_SPEECH_SECONDS} seconds. Cut it.`);
  }
  return toSpeechWav(file) ?? file;
}
