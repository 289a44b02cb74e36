import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isAllowedHost, isAllowedOrigin } from '../server/guard';

/**
 * What lets the host's own page in and every other page out. The cookie alone would not: browsers send it to and from every port
 * of a name. Host closes DNS rebinding, Origin other sites and other ports, the secret programs that guess.
 */
export class Session {
  readonly #secret = randomBytes(32).toString('base64url');
  readonly #host: string;
  /** Two hosts on one machine share the browser's jar for 127.0.0.1, so each names its cookie after its port. */
  readonly #name: string;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#name = `autoglm-${port}`;
  }

  /** The page's request for its cookie. A browser names the Origin of a POST; a program that does not learns nothing. */
  mayBegin(headers: IncomingHttpHeaders): boolean {
    const site = headers['sec-fetch-site'];
    return this.#ownPage(headers) && (site === undefined || site === 'same-origin');
  }

  cookie(): string {
    return `${this.#name}=${this.#secret}; Path=/; HttpOnly; SameSite=Strict`;
  }

  mayConnect(headers: IncomingHttpHeaders): boolean {
    return this.#ownPage(headers) && this.#holdsSecret(headers.cookie ?? '');
  }

  /** For a file: a browser names no Origin where its own page reads. Other sites' pages have no cookie, as it is strict. */
  mayRead(headers: IncomingHttpHeaders): boolean {
    const { host, origin, cookie } = headers;
    const site = headers['sec-fetch-site'];
    return (
      isAllowedHost(host, this.#host) &&
      isAllowedOrigin(origin, host) &&
      (site === undefined || site === 'same-origin' || site === 'none') &&
      this.#holdsSecret(cookie ?? '')
    );
  }

  #ownPage({ host, origin }: IncomingHttpHeaders): boolean {
    return origin !== undefined && isAllowedHost(host, this.#host) && isAllowedOrigin(origin, host);
  }

  #holdsSecret(cookies: string): boolean {
    const expected = Buffer.from(`${this.#name}=${this.#secret}`);
    return cookies.split(';').some((cookie) => {
      const given = Buffer.from(cookie.trim());
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }
}
