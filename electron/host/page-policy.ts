/**
 * What the page may load and do, the same in both hosts: our own files, nothing inline that runs, nothing from the network.
 * Style elements are allowed inline because React and the dialogs' scroll lock set them.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * mediainfo.js is WebAssembly, which a policy only allows together with a name that sounds like eval. It runs in a worker of its
 * own, and a worker has the policy it was served with: the page itself may compile nothing.
 */
const MEDIA_INFO_WORKER = /^\/assets\/media-info-worker-[\w-]+\.js$/;
const WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/** For what lies at `path` of the page. */
export function pageHeaders(path: string): Readonly<Record<string, string>> {
  return MEDIA_INFO_WORKER.test(path)
    ? { ...PAGE_HEADERS, 'content-security-policy': WORKER_POLICY }
    : PAGE_HEADERS;
}

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'microphone=(self), display-capture=(self), camera=(), geolocation=(), usb=(), serial=(), hid=(), payment=()',
};
