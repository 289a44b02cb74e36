import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the browser brings back (RFC 6749, 4.1.2). */
export type Redirected = { readonly code: string } | { readonly refused: string };

export interface Loopback {
  /** Where the browser is sent when the sign-in is over (RFC 8252, 7.3). */
  readonly url: string;
  /** Of the request that goes out; only an answer with the same one counts. */
  readonly state: string;
  readonly redirected: Promise<Redirected>;
  /** An address that the browser could not reach, as it runs on another machine than this. One of no sign-in here is nothing. */
  take(address: string): void;
  close(): void;
}

const PATH = '/sign-in';

const page = (heading: string, chinese: string): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>AutoGLM Desktop</title>
<style>:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{display:grid;min-height:90vh;place-content:center;text-align:center}p{margin:.2em}</style>
<p>${heading}</p><p lang="zh">${chinese}</p></html>`;
const DONE = page(
  'That is all. You can close this page and go back to AutoGLM Desktop.',
  '已完成，可以关闭此页，返回 AutoGLM 桌面版。',
);
const UNKNOWN = page(
  'This belongs to no sign-in that AutoGLM Desktop has begun. Begin again in its settings, under Tools.',
  '这不是 AutoGLM 桌面版发起的登录。请在设置的“工具”中重新开始。',
);

/** Listens on this machine alone, at a port of the system's choice, for the browser to come back from a sign-in. */
export async function listenForRedirect(state: string): Promise<Loopback> {
  let settle: (redirected: Redirected) => void = () => {};
  const redirected = new Promise<Redirected>((resolve) => {
    settle = resolve;
  });
  const read = (address: URL): boolean => {
    const given = address.searchParams;
    // Anybody on this machine, and any page in the browser, can ask this port for anything.
    if (address.pathname !== PATH || given.get('state') !== state) return false;
    const code = given.get('code');
    const error = given.get('error');
    if (code !== null) settle({ code });
    else if (error !== null) settle({ refused: (given.get('error_description') ?? error).slice(0, 300) });
    else return false;
    return true;
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const target = request.url ?? '/';
    const isOurs =
      request.method === 'GET' &&
      URL.canParse(target, 'http://127.0.0.1') &&
      read(new URL(target, 'http://127.0.0.1'));
    response.writeHead(isOurs ? 200 : 404, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      connection: 'close',
    });
    response.end(isOurs ? DONE : UNKNOWN);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    state,
    redirected,
    take: (address) => {
      if (URL.canParse(address)) read(new URL(address));
    },
    close: () => {
      server.close();
      // Not before the page that says so is written.
      setTimeout(() => server.closeAllConnections(), 200).unref();
    },
  };
}
