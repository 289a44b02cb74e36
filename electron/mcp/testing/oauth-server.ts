import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { testServer } from './tools.mjs';

/**
 * A server of tools and the server that gives tokens for it, at one address: protected resource metadata (RFC 9728), authorization
 * server metadata (RFC 8414), dynamic registration (RFC 7591), authorization codes with PKCE (RFC 7636), refresh tokens that are good
 * once, revocation (RFC 7009). Whoever comes to sign in is sent back at once, as somebody who is signed in already would be.
 */

export interface OAuthServerOptions {
  /** Takes no new clients. */
  readonly closed?: boolean;
  /** Sends everybody back with an error. */
  readonly denies?: boolean;
  /** The origin at which it says users sign in; its own. */
  readonly signInAt?: string;
}

export interface OAuthServer {
  readonly url: string;
  readonly origin: string;
  /** Every request in order: method and path. */
  readonly requests: readonly string[];
  /** What arrived in `X-Team`, by path. */
  readonly teams: ReadonlyMap<string, string | undefined>;
  readonly revoked: readonly string[];
  /** The access tokens given so far are good no more. */
  expire(): void;
  /** Nor are the refresh tokens. */
  forget(): void;
  close(): Promise<void>;
}

interface Code {
  readonly client: string;
  readonly redirectUrl: string;
  readonly challenge: string;
}

export async function startOAuthServer(options: OAuthServerOptions = {}): Promise<OAuthServer> {
  const requests: string[] = [];
  const teams = new Map<string, string | undefined>();
  const revoked: string[] = [];
  const clients = new Map<string, readonly string[]>();
  const codes = new Map<string, Code>();
  const accessTokens = new Set<string>();
  const refreshTokens = new Set<string>();
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  let origin = '';

  const say = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  const register = async (request: IncomingMessage, response: ServerResponse) => {
    const { redirect_uris: redirectUrls } = JSON.parse(await text(request)) as { redirect_uris: string[] };
    const id = randomUUID();
    clients.set(id, redirectUrls);
    say(response, 201, { client_id: id, redirect_uris: redirectUrls });
  };

  const authorize = ({ searchParams }: URL, response: ServerResponse) => {
    const client = searchParams.get('client_id') ?? '';
    const redirectUrl = searchParams.get('redirect_uri') ?? '';
    const challenge = searchParams.get('code_challenge') ?? '';
    const isKnown =
      clients.get(client)?.includes(redirectUrl) && searchParams.get('code_challenge_method') === 'S256';
    if (!isKnown) return void response.writeHead(400).end('unknown client');
    const back = new URL(redirectUrl);
    back.searchParams.set('state', searchParams.get('state') ?? '');
    if (options.denies) {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'Your team has no access.');
    } else {
      const code = randomUUID();
      codes.set(code, { client, redirectUrl, challenge });
      back.searchParams.set('code', code);
    }
    response.writeHead(302, { location: back.href }).end();
  };

  const give = (response: ServerResponse) => {
    const [access, refresh] = [`access-${randomUUID()}`, `refresh-${randomUUID()}`];
    accessTokens.add(access);
    refreshTokens.add(refresh);
    say(response, 200, {
      access_token: access,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: refresh,
    });
  };

  const token = async (request: IncomingMessage, response: ServerResponse) => {
    const given = new URLSearchParams(await text(request));
    if (given.get('grant_type') === 'refresh_token') {
      if (!refreshTokens.delete(given.get('refresh_token') ?? ''))
        return say(response, 400, { error: 'invalid_grant' });
      return give(response);
    }
    const code = codes.get(given.get('code') ?? '');
    codes.delete(given.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      code?.challenge === challenge &&
      code.client === given.get('client_id') &&
      code.redirectUrl === given.get('redirect_uri');
    return isRight ? give(response) : say(response, 400, { error: 'invalid_grant' });
  };

  const tools = async (request: IncomingMessage, response: ServerResponse) => {
    if (!accessTokens.has((request.headers.authorization ?? '').replace('Bearer ', ''))) {
      const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
      response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` }).end();
      return;
    }
    let transport = sessions.get(String(request.headers['mcp-session-id'] ?? ''));
    if (!transport) {
      const begun: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => void sessions.set(id, begun),
      });
      transport = begun;
      await testServer().connect(begun);
    }
    await transport.handleRequest(request, response);
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', origin);
    const { pathname } = url;
    requests.push(`${request.method} ${pathname}`);
    teams.set(pathname, request.headers['x-team'] as string | undefined);
    switch (pathname) {
      case '/.well-known/oauth-protected-resource/mcp':
        say(response, 200, {
          resource: `${origin}/mcp`,
          authorization_servers: [options.signInAt ?? origin],
        });
        return;
      case '/.well-known/oauth-authorization-server':
        say(response, 200, {
          issuer: origin,
          authorization_endpoint: `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          revocation_endpoint: `${origin}/revoke`,
          ...(!options.closed && { registration_endpoint: `${origin}/register` }),
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['none'],
        });
        return;
      case '/register':
        return register(request, response);
      case '/authorize':
        return authorize(url, response);
      case '/token':
        await token(request, response);
        return;
      case '/revoke':
        revoked.push(new URLSearchParams(await text(request)).get('token') ?? '');
        response.writeHead(200).end();
        return;
      case '/mcp':
        return tools(request, response);
      default:
        response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('The server has no address.');
  origin = `http://127.0.0.1:${address.port}`;
  return {
    url: `${origin}/mcp`,
    origin,
    requests,
    teams,
    revoked,
    expire: () => accessTokens.clear(),
    forget: () => refreshTokens.clear(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
