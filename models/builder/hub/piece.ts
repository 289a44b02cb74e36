import { ModelError } from '../errors';
import { type HubAccess, type RemoteFile, request, resolveUrl } from './api';
import { networkError } from './network';
import type { Range } from './parts';
import { refusal } from './refusal';

/** The hub has another file now than the one that was listed. */
export class RemoteChanged extends ModelError {
  constructor(file: string) {
    super(`${file} was changed on the hub while it was being fetched. Try again.`, {
      kind: 'download-changed',
      file,
    });
  }
}

/** The server sends the whole file whatever part is asked for. */
export class RangesIgnored extends Error {}

/** Another connection found out that the file begins anew. */
export class Restarted extends Error {}

/** Worth another try. */
export class TryLater extends Error {
  /** What is said where no try succeeds. */
  readonly reason: ModelError;
  /** As the server asks. */
  readonly afterMs: number;

  constructor(reason: ModelError, afterMs = 0) {
    super(reason.message);
    this.reason = reason;
    this.afterMs = afterMs;
  }
}

export interface PieceOptions {
  readonly repository: string;
  readonly commit: string;
  readonly file: RemoteFile;
  readonly range: Range;
  /** All of the file, without a range. */
  readonly whole: boolean;
  readonly stallMs: number;
  readonly signal: AbortSignal;
  /** Told where the server says how long a file is that the list did not tell of. */
  readonly sized: (bytes: number) => void;
  readonly write: (chunk: Uint8Array, position: number) => Promise<void>;
}

/**
 * One request for a part of a file.
 *
 * @returns where it ended.
 * @throws TryLater, RangesIgnored, RemoteChanged; ModelError where trying again would change nothing; what `write` throws.
 */
export async function fetchPiece(access: HubAccess, options: PieceOptions): Promise<number> {
  const { file, range, whole, signal, stallMs } = options;
  const [start, end] = range;
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), stallMs);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(), stallMs);
  };
  const { host } = new URL(access.endpoint);
  let from = host;
  try {
    const url = resolveUrl(access, options.repository, options.commit, file.path);
    const response = await request(
      access,
      url,
      {
        headers: {
          // A compressed answer would have other bytes and another length.
          'accept-encoding': 'identity',
          ...(!whole && { range: `bytes=${start}-${end - 1}` }),
        },
        signal: AbortSignal.any([signal, stall.signal]),
      },
      (headers) => {
        alive();
        checkUnchanged(headers, file);
      },
    );
    alive();
    const answered = new URL(response.url || url);
    from = answered.host;
    const own = answered.origin === new URL(access.endpoint).origin;
    if (own) checkUnchanged(response.headers as unknown as Headers, file);
    if (!response.ok) {
      await response.body?.cancel().catch(() => {});
      throw statusError(access, options, response.status, response.headers.get('retry-after'), own, from);
    }
    if (!whole) {
      if (response.status !== 206) {
        await response.body?.cancel().catch(() => {});
        throw new RangesIgnored();
      }
      checkRange(response.headers.get('content-range'), start, file);
    } else if (file.bytes === null) {
      const length = Number(response.headers.get('content-length') ?? Number.NaN);
      if (Number.isSafeInteger(length)) options.sized(length);
    }
    let at = start;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      alive();
      // A server may send without end; the rest is not asked for, and the checksum says whether it was the right part.
      const wanted = chunk.length > end - at ? chunk.subarray(0, end - at) : chunk;
      if (wanted.length > 0) await options.write(wanted, at);
      alive();
      at += wanted.length;
      if (at >= end) break;
    }
    if (at < end && Number.isFinite(end)) {
      throw new TryLater(networkError(new Error('the connection was closed early'), from));
    }
    return at;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (stall.signal.aborted) {
      const seconds = Math.round(stallMs / 1000);
      throw new TryLater(
        new ModelError(
          `${from} has sent nothing for ${seconds} seconds. Check the connection and try again; what was fetched is kept.`,
          { kind: 'download-stalled', host: from, seconds },
        ),
      );
    }
    throw isConnectionError(error) ? new TryLater(networkError(error, from)) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Undici's failures; a file system's have a path or a system call of their own. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ModelError) return false;
  if (error instanceof TryLater || error instanceof RangesIgnored) return false;
  if ('syscall' in error && 'path' in error) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (/^E(NOSPC|DQUOT|ACCES|PERM|ROFS|IO|FBIG)$/.test(code)) return false;
  return error instanceof TypeError || code.startsWith('UND_') || code !== '';
}

const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

function statusError(
  access: HubAccess,
  { repository, commit, file }: PieceOptions,
  status: number,
  retryAfter: string | null,
  own: boolean,
  host: string,
): Error {
  if (status === 416) return new RemoteChanged(file.path);
  // Where files really lie, addresses hold for minutes: the hub gives another one.
  const other = new ModelError(
    `${host} answered with the error ${status} for ${file.path}. Try again later.`,
    {
      kind: 'host-error',
      host,
      status,
    },
  );
  if (!own) return new TryLater(other, waitOf(retryAfter));
  const reason = status === 404 ? new RemoteChanged(file.path) : refusal(access, status, repository, commit);
  return RETRIED.has(status) ? new TryLater(reason, waitOf(retryAfter)) : reason;
}

/** `Retry-After`: seconds, or a date. */
function waitOf(header: string | null): number {
  if (header === null) return 0;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : 0;
}

/** The hub names a file's content in `X-Linked-ETag` where it leads to another host, else in `ETag`. */
function checkUnchanged(headers: Headers, file: RemoteFile): void {
  const tag = (headers.get('x-linked-etag') ?? headers.get('etag') ?? '').replace(/^W\/|"/g, '');
  const shape = file.hash?.algorithm === 'sha256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/;
  if (file.hash && shape.test(tag) && tag !== file.hash.hex) throw new RemoteChanged(file.path);
  const size = headers.get('x-linked-size');
  if (size !== null && file.bytes !== null && Number(size) !== file.bytes) throw new RemoteChanged(file.path);
}

function checkRange(header: string | null, start: number, file: RemoteFile): void {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? '') ?? [];
  if (from !== undefined && Number(from) !== start) throw new RangesIgnored();
  if (total !== undefined && total !== '*' && file.bytes !== null && Number(total) !== file.bytes) {
    throw new RemoteChanged(file.path);
  }
}
