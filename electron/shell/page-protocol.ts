import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { net, protocol } from 'electron';
import { ATTACHMENTS_PATH } from '../contract/media';
import { answerAttachments, type Files } from '../host/attachments';
import { PAGE_HEADERS, pageHeaders } from '../host/page-policy';
import { PAGE_HOST, PAGE_SCHEME, type PageOrigin } from './page-origin';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
};

/** Before Electron is ready. A scheme of our own rather than `file://`, which could read any file of the user's. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true, stream: true },
    },
  ]);
}

/** The built page and, beside it, the files of its conversations. */
export function servePage(folder: string, files: Files): void {
  protocol.handle(PAGE_SCHEME, (request) =>
    isAttachment(request.url) ? answerAttachments(files, request) : answer(folder, request),
  );
}

/**
 * While developing, the page comes from electron-vite's server, and asks that for its conversations' files, of which it knows
 * nothing: they are answered here, and all else is passed on.
 */
export function serveAttachmentsOf(origin: PageOrigin, files: Files): void {
  protocol.handle('http', (request) =>
    origin.owns(request.url) && isAttachmentPath(new URL(request.url).pathname)
      ? answerAttachments(files, request)
      : net.fetch(request, { bypassCustomProtocolHandlers: true }),
  );
}

function isAttachment(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { host, pathname } = new URL(url);
  return host === PAGE_HOST && isAttachmentPath(pathname);
}

function isAttachmentPath(pathname: string): boolean {
  return pathname === ATTACHMENTS_PATH || pathname.startsWith(`${ATTACHMENTS_PATH}/`);
}

async function answer(
  folder: string,
  request: { readonly url: string; readonly method: string },
): Promise<Response> {
  const file = toFile(folder, request.url);
  if (request.method !== 'GET' || file === null) return notFound();
  try {
    // `readFile` rather than `net.fetch`: it reads inside the packaged archive, and no URL is parsed a second time.
    const body = await readFile(file);
    return new Response(new Uint8Array(body), {
      headers: {
        ...pageHeaders(new URL(request.url).pathname),
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      },
    });
  } catch {
    return notFound();
  }
}

/** Null for another host and for a path that leads out of the folder. Exported for tests. */
export function toFile(folder: string, url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { host, pathname } = new URL(url);
  if (host !== PAGE_HOST) return null;
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (path.includes('\0') || path.includes('\\')) return null;
  const file = join(folder, path === '/' ? 'index.html' : path);
  return file.startsWith(folder + sep) ? file : null;
}

function notFound(): Response {
  return new Response('There is nothing here.', { status: 404, headers: PAGE_HEADERS });
}
