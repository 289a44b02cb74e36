import { createServer as createHttpServer } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { App } from '../app/app';
import { ATTACHMENTS_PATH } from '../contract/media';
import { SESSION_PATH } from '../contract/wire';
import { createServer } from '../server/server';
import { answerAttachments, type Files, storeDocument, storeMedia } from './attachments';
import { listen } from './listen';
import { pageHeaders } from './page-policy';
import { Session } from './session';
import { SocketHost } from './socket';
import { transcription } from './transcription';

interface Environment {
  Bindings: HttpBindings;
}

export interface HttpHostOptions {
  readonly port: number;
  readonly host: string;
  /** The folder of the built page; null serves OpenAI's API alone. */
  readonly page: string | null;
  /** Called once the address is ours, so that a taken port is said before anything is opened. */
  readonly app: (url: string) => App;
}

export interface HttpHost {
  readonly app: App;
  readonly port: number;
  readonly url: string;
  /** Ends the connections, not the app. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 300;

/** The app behind loopback HTTP: the page, its WebSocket, and OpenAI's API. */
export async function startHttpHost({
  port: wanted,
  host,
  page,
  app: open,
}: HttpHostOptions): Promise<HttpHost> {
  const server = createHttpServer();
  const port = await listen(server, wanted, host);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  let app: App;
  try {
    app = open(url);
  } catch (error) {
    server.close();
    throw error;
  }
  const hono = new Hono<Environment>();
  // First, as its guard covers what follows: Host and Origin are checked on every request.
  hono.route(
    '/',
    createServer({
      engine: app.engine,
      models: app.models,
      offersRemote: () => app.settings().serveConnections,
      boundTo: () => host,
      storeMedia: storeMedia(app),
      storeDocument: storeDocument(app),
      completeRequest: app.completeRequest,
      transcription: transcription(app),
    }),
  );
  let sockets: SocketHost | null = null;
  if (page !== null) {
    const session = new Session(host, port);
    sockets = new SocketHost({ app, session });
    sockets.listen(server);
    serveAttachments(hono, session, app);
    servePage(hono, session, page);
  }
  server.on('request', getRequestListener(hono.fetch));

  return {
    app,
    port,
    url,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      sockets?.close();
      server.closeIdleConnections();
      const force = setTimeout(() => {
        sockets?.terminate();
        server.closeAllConnections();
      }, CLOSE_GRACE_MS);
      await closed;
      clearTimeout(force);
    },
  };
}

/** Before the page's own headers, which are not for files that come from anywhere. */
function serveAttachments(hono: Hono<Environment>, session: Session, files: Files): void {
  for (const path of [ATTACHMENTS_PATH, `${ATTACHMENTS_PATH}/:sha256`]) {
    hono.all(path, async (context) => {
      const { headers } = context.env.incoming;
      const allowed = context.req.method === 'POST' ? session.mayConnect(headers) : session.mayRead(headers);
      if (!allowed) return context.text('Only the app’s own page may use its files.', 403);
      return answerAttachments(files, context.req.raw);
    });
  }
}

function servePage(hono: Hono<Environment>, session: Session, page: string): void {
  hono.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(pageHeaders(context.req.path)))
      context.res.headers.set(name, value);
  });
  hono.post(SESSION_PATH, (context) => {
    if (!session.mayBegin(context.env.incoming.headers))
      return context.text('Only the app’s own page may connect.', 403);
    context.header('set-cookie', session.cookie());
    context.header('cache-control', 'no-store');
    return context.body(null, 204);
  });
  hono.use(async (context, next) => {
    await next();
    // Built files carry a hash in their names; the page that names them does not.
    const cache = context.req.path.startsWith('/assets/') && context.res.ok;
    context.res.headers.set('cache-control', cache ? 'public, max-age=31536000, immutable' : 'no-cache');
  });
  hono.use(serveStatic({ root: page, precompressed: true }));
  hono.get('/', (context) =>
    context.text(`The page is not built: there is no ${page}. Run npm run build.`, 503),
  );
  hono.notFound((context) => context.text('There is nothing here.', 404));
}
