import { randomBytes } from 'node:crypto';
import {
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  UnauthorizedError,
} from '@modelcontextprotocol/sdk/client/auth.js';
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import { z } from 'zod';
import { AppError } from '../contract/errors';
import { keyWanted, signInWanted } from './failures';

/** What is kept of a sign-in: who we are to the server that gives tokens, and the tokens. */
const KeptSchema = z.object({
  client: z.looseObject({ client_id: z.string(), client_secret: z.string().optional() }).optional(),
  tokens: z
    .looseObject({ access_token: z.string(), token_type: z.string(), refresh_token: z.string().optional() })
    .optional(),
  /** Where tokens are taken back (RFC 7009). */
  revoke: z.string().optional(),
});
type Kept = z.infer<typeof KeptSchema>;

/** OpenID Connect's description of a server has no name for it, RFC 8414's has. */
const RevocationSchema = z.object({ revocation_endpoint: z.string().optional().catch(undefined) });

export interface OAuthOptions {
  /** Of the server, for what is said of it. */
  readonly name: string;
  /** As `save` got it last; null before the first sign-in. */
  readonly kept: string | null;
  readonly save: (kept: string | null) => void;
  /** Only while the user signs in: where the browser comes back to, and who sends it off. */
  readonly interactive?: {
    readonly redirectUrl: string;
    readonly state: string;
    readonly open: (url: URL) => void;
  };
}

/**
 * A server's sign-in as the SDK asks for it (OAuth 2.1 with PKCE, protected resource metadata, dynamic client registration). Without the
 * user at it, it renews tokens and does nothing else: no registration, no browser.
 */
export class OAuthSession implements OAuthClientProvider {
  readonly #options: OAuthOptions;
  #kept: Kept;
  #verifier = '';
  #discovery: OAuthDiscoveryState | undefined;

  constructor(options: OAuthOptions) {
    this.#options = options;
    // A sign-in begins anew, as what was registered before was for another port; until it succeeds the old one holds.
    this.#kept = options.interactive ? {} : readKept(options.kept);
  }

  get redirectUrl(): string {
    // Never asked for without the user; the SDK takes an absent one for a client of machines.
    return this.#options.interactive?.redirectUrl ?? 'http://127.0.0.1/sign-in';
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: 'AutoGLM Desktop',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  /** Values that must not stand in what is shown. */
  get secrets(): readonly string[] {
    const { tokens, client } = this.#kept;
    return [tokens?.access_token, tokens?.refresh_token, client?.client_secret].filter(
      (value): value is string => typeof value === 'string',
    );
  }

  state(): string {
    return this.#options.interactive?.state ?? randomBytes(16).toString('base64url');
  }

  clientInformation(): OAuthClientInformationMixed | undefined {
    const { interactive, name } = this.#options;
    const { client, tokens } = this.#kept;
    if (interactive || (client && tokens?.refresh_token)) return client;
    throw this.#discovery?.authorizationServerMetadata ? signInWanted(name) : keyWanted(name, 401);
  }

  saveClientInformation(client: OAuthClientInformationMixed): void {
    this.#keep({ ...this.#kept, client: { ...client } });
  }

  tokens(): OAuthTokens | undefined {
    return this.#kept.tokens;
  }

  saveTokens(tokens: OAuthTokens): void {
    const { revocation_endpoint: revoke } = RevocationSchema.parse(
      this.#discovery?.authorizationServerMetadata ?? {},
    );
    this.#keep({ ...this.#kept, tokens: { ...tokens }, ...(revoke !== undefined && { revoke }) });
  }

  redirectToAuthorization(url: URL): void {
    const { interactive, name } = this.#options;
    if (!interactive) throw signInWanted(name);
    interactive.open(url);
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    const { client, tokens } = this.#kept;
    if (scope === 'discovery' || scope === 'all') this.#discovery = undefined;
    if (scope === 'all') this.#keep({});
    else if (scope === 'client') this.#keep({ ...(tokens && { tokens }) });
    else if (scope === 'tokens') this.#keep({ ...(client && { client }) });
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovery;
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    if (kept.tokens) this.#options.save(JSON.stringify(kept));
    else if (!this.#options.interactive) this.#options.save(null);
  }
}

function readKept(text: string | null): Kept {
  try {
    return text === null ? {} : KeptSchema.parse(JSON.parse(text));
  } catch {
    // A file that was changed by hand: the user signs in again.
    return {};
  }
}

export function isSignInWanted(error: unknown): boolean {
  return (
    error instanceof UnauthorizedError ||
    (error instanceof AppError && error.details?.kind === 'tool-sign-in')
  );
}

/** Has the tokens taken back where their server does that; that they are forgotten here is not up to it. */
export async function revoke(kept: string, fetchFn: typeof fetch, limitMs: number): Promise<void> {
  const { client, tokens, revoke: address } = readKept(kept);
  if (!client || !tokens || address === undefined) return;
  const { refresh_token: refresh } = tokens;
  const body = new URLSearchParams({
    token: refresh ?? tokens.access_token,
    token_type_hint: refresh === undefined ? 'access_token' : 'refresh_token',
    client_id: client.client_id,
    ...(client.client_secret !== undefined && { client_secret: client.client_secret }),
  });
  await fetchFn(address, {
    method: 'POST',
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(limitMs),
  }).catch(() => {});
}

/**
 * A server says where its users sign in, so it could send us anywhere: over the network it may name encrypted addresses only, and this
 * machine's own only where it runs here itself.
 */
export function allowAddress(name: string, server: URL, address: URL): void {
  if (address.origin === server.origin || address.protocol === 'https:') return;
  if (address.protocol === 'http:' && isLoopback(address) && isLoopback(server)) return;
  throw new AppError(
    'tool-failed',
    `The tool server ${name} sends you to ${address.origin} to sign in, which is not encrypted, so nothing was opened. Tell who runs it.`,
    { kind: 'tool-sign-in-insecure', name, host: address.host },
  );
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
