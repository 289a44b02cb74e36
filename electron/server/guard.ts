import type { MiddlewareHandler } from 'hono';
import { HttpError, toErrorResponse } from './errors';

/**
 * Only programs of this machine may talk to the server. A web page runs on this machine too, and reaches loopback in two ways
 * that these checks close: DNS rebinding (its own name, pointed at 127.0.0.1, arrives in `Host`) and plain cross-site requests
 * (its own site arrives in `Origin`). Programs send no Origin.
 */

/** A host name and, after it, perhaps a port; IPv6 in brackets. */
const HOST_HEADER = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * Whether `host`, the Host header, names this server. `bound` is the address (or the addresses and names) it listens on. Where
 * that is every interface, any IP address will do: rebinding needs a name.
 */
export function isAllowedHost(host: string | undefined, bound: string | readonly string[]): boolean {
  const match = HOST_HEADER.exec(host ?? '');
  if (!match) return false;
  const name = canonicalName(match[1]!);
  if (isLoopbackName(name)) return true;
  const names = (typeof bound === 'string' ? [bound] : bound).map(canonicalName);
  if (names.includes(name)) return true;
  return names.some(isWildcard) && isAddress(name);
}

/** Whether a page of `origin`, the Origin header, may send a request to `host`: only the server's own pages, at the same port. */
export function isAllowedOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  const page = toUrl(origin);
  if (!page || (page.protocol !== 'http:' && page.protocol !== 'https:')) return false;
  return page.host === toUrl(`${page.protocol}//${host}`)?.host;
}

/** Whether the address is reachable from this machine alone. */
export function isLoopbackName(name: string): boolean {
  const canonical = canonicalName(name);
  return (
    canonical === 'localhost' || canonical === '::1' || (IPV4.test(canonical) && canonical.startsWith('127.'))
  );
}

/** Answers 403 to every request that fails the checks. `bound` is asked anew each time: the address may be set after the mount. */
export function guard(bound: () => string | readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host');
    const origin = context.req.header('origin');
    if (!isAllowedHost(host, bound())) {
      return toErrorResponse(
        new HttpError(403, {
          message: `This server does not answer to the host name '${host ?? ''}'. Use 127.0.0.1 or localhost.`,
          code: 'host_not_allowed',
        }),
      );
    }
    if (!isAllowedOrigin(origin, host)) {
      return toErrorResponse(
        new HttpError(403, {
          message: `Web pages of '${origin}' may not use this server.`,
          code: 'origin_not_allowed',
        }),
      );
    }
    return next();
  };
}

function canonicalName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function isWildcard(name: string): boolean {
  return name === '0.0.0.0' || name === '::' || name === '';
}

function isAddress(name: string): boolean {
  return IPV4.test(name) || name.includes(':');
}

/** `URL.parse`, which the oldest Node we run on may lack. */
function toUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
