import { AppError } from '../contract/errors';

/** Paths of OpenAI's API that people copy along with the address. */
const ENDPOINT = /\/(?:chat\/completions|completions|models|responses|embeddings)\/?$/;
/** A path that names its version, as in `/v1` or `/api/paas/v4`. */
const VERSIONED = /\/v\d+(?:beta|alpha)?\d*(?:\/|$)/;

/**
 * Base addresses that what a person typed may mean, the likeliest first; each is without a slash at its end. Whether one is right only
 * its server can say.
 *
 * @param typed with or without a scheme, `/v1` and an endpoint's path.
 * @throws AppError `invalid-request`
 */
export function addressesOf(typed: string): readonly string[] {
  const text = typed.trim();
  const full = /^[a-z][\w+.-]*:\/\//i.test(text) ? text : `${isNear(text) ? 'http' : 'https'}://${text}`;
  const url = URL.canParse(full) ? new URL(full) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '' || url.username || url.password) {
    throw new AppError(
      'invalid-request',
      'This is not an address of a server. It looks like http://gpu-box.local:8000/v1, without a name and password in it.',
      { kind: 'remote-address' },
    );
  }
  const path = url.pathname.replace(ENDPOINT, '').replace(/\/+$/, '');
  const base = url.origin + path;
  if (VERSIONED.test(path)) return [base];
  return [`${base}/v1`, base];
}

/** Whether what was typed without a scheme is likely a machine of the user's own network, which rarely has a certificate. */
function isNear(text: string): boolean {
  const host = text.split(/[/?#]/)[0]?.replace(/:\d+$/, '').toLowerCase() ?? '';
  return (
    host === '' ||
    host.startsWith('[') ||
    !host.includes('.') ||
    /\.(?:local|lan|home|internal|localhost|home\.arpa)$/.test(host) ||
    /^(?:127|10)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(
      host,
    )
  );
}

/** Where a server's own interfaces lie, beside OpenAI's: the address without `/v1`. */
export function rootOf(url: string): string {
  return url.replace(/\/v1$/, '');
}
