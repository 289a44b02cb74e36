import { AppError } from '../contract/errors';

/** Why an engine elsewhere did not answer: one sentence for each, whatever library or server it comes from. */

const MAX_REASON = 300;

/** Of Node's and undici's errors, and of Chromium's (`net::ERR_…`), whichever made the request. */
const UNKNOWN_HOST = /ENOTFOUND|EAI_AGAIN|EAI_NODATA|ERR_NAME_NOT_RESOLVED|ERR_NAME_RESOLUTION/;
const NOT_TLS =
  /EPROTO|wrong version number|ERR_SSL_PROTOCOL_ERROR|ERR_SSL_WRONG_VERSION|packet length too long/i;
const TLS =
  /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|CERT_|_CERT|certificate|ERR_TLS|ERR_SSL|ERR_BAD_SSL|altname/i;
const TIMEOUT =
  /ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ERR_(?:CONNECTION_)?TIMED_OUT/;
const NOT_HTTP = /HPE_|ERR_INVALID_HTTP_RESPONSE|ERR_EMPTY_RESPONSE|ERR_RESPONSE_HEADERS_TRUNCATED/;

/** What of a failed request can be read: codes and messages of it and of what caused it. */
function wordsOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 4) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  const inner =
    error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
  return [code, error.message, ...inner.map((cause) => wordsOf(cause, depth + 1))].filter(Boolean).join(' ');
}

/** A request that no server answered. */
export function unreached(error: unknown, host: string): AppError {
  if (error instanceof AppError) return error;
  const words = wordsOf(error);
  if (UNKNOWN_HOST.test(words)) {
    return failed(
      `There is no machine called ${host} on this network. Check the address, and whether this machine is online.`,
      { kind: 'remote-unknown-host', host },
    );
  }
  if (NOT_TLS.test(words)) {
    return failed(
      `${host} does not speak HTTPS. Use http:// in its address, if the network in between is yours.`,
      { kind: 'remote-not-tls', host },
    );
  }
  if (TLS.test(words)) {
    const reason = plain(words);
    return failed(
      `The certificate of ${host} is not trusted (${reason}). Have its certificate authority installed in the system, or use an address that has a valid one.`,
      { kind: 'remote-tls', host, reason },
    );
  }
  if (TIMEOUT.test(words)) return late(host, 30);
  if (NOT_HTTP.test(words)) return notOpenAI(host);
  return failed(
    `${host} cannot be reached (${plain(words)}). Check that its server runs, and that it listens for other machines.`,
    { kind: 'remote-unreachable', host },
  );
}

export function late(host: string, seconds: number): AppError {
  return failed(`${host} did not answer within ${seconds} s. It may be busy or asleep; try again.`, {
    kind: 'remote-timeout',
    host,
    seconds,
  });
}

export function notOpenAI(host: string): AppError {
  return failed(
    `What answers at ${host} does not speak OpenAI's API. Check the port and the path; most servers have it under /v1.`,
    { kind: 'remote-not-openai', host },
  );
}

export function redirected(host: string, location: string | null, base: string): AppError {
  const target = location && URL.canParse(location, base) ? new URL(location, base).origin : '?';
  return failed(
    `${host} sends requests on to ${target}, and nothing is sent there unasked. If that is the right server, enter its address.`,
    { kind: 'remote-redirect', host, target },
  );
}

export function tooMuch(host: string, bytes: number): AppError {
  const megabytes = Math.round(bytes / 2 ** 20);
  return failed(`${host} sent more than ${megabytes} MB for one answer, so it was cut off.`, {
    kind: 'remote-too-much',
    host,
    megabytes,
  });
}

/** The answer ended without saying so: what came of it stays. */
export function broken(host: string): AppError {
  return failed(
    `The connection to ${host} broke in the middle of the answer. What had come is kept; continue it, or try again.`,
    { kind: 'remote-broken', host },
  );
}

export function filtered(host: string): AppError {
  return failed(`${host} broke this answer off, as its content filter objected. Ask in other words.`, {
    kind: 'remote-filtered',
    host,
  });
}

/** An answer that is no success, or an error in the middle of a stream. */
export interface Refusal {
  readonly status: number;
  readonly body: unknown;
  /** Seconds, where the server says when it can be asked again. */
  readonly retryAfter?: number | null;
}

export function refused({ status, body, retryAfter = null }: Refusal, host: string, model: string): AppError {
  const reason = reasonIn(body);
  const codes = codesIn(body);
  const context = contextIn(body, reason, codes);
  if (context) return tooLong(context, host);
  if (status === 401 || status === 403) {
    return failed(
      `${host} refused the API key (status ${status}). Check the key in the settings of this connection.`,
      { kind: 'remote-key', host, status },
    );
  }
  if (status === 402 || /insufficient_quota|billing/.test(codes)) {
    return failed(
      `The account at ${host} has no credit left, or its plan does not include this. Look there.`,
      { kind: 'remote-quota', host },
    );
  }
  if (status === 429) {
    const seconds = Math.ceil(retryAfter ?? 60);
    return failed(`${host} has too much to do, or allows no more for now. Try again in ${seconds} s.`, {
      kind: 'remote-busy',
      host,
      seconds,
    });
  }
  if (status === 404 && (/model/.test(codes) || /model/i.test(reason))) {
    return failed(`${host} has no model ${model} any more. Look for its models again, or choose another.`, {
      kind: 'remote-model-gone',
      model,
      host,
    });
  }
  if (status === 404 || status === 405) return notOpenAI(host);
  if (reason !== '') {
    return failed(`${host} says: ${reason}`, { kind: 'remote-said', host, reason });
  }
  return failed(`${host} failed with status ${status}. Look at its log, or try again.`, {
    kind: 'remote-server',
    host,
    status,
  });
}

interface TooLong {
  readonly tokens: number | null;
  readonly limit: number | null;
}

function tooLong({ tokens, limit }: TooLong, host: string): AppError {
  if (tokens === null || limit === null) {
    const message = `The conversation is too long for the model at ${host}. Begin a new one, or leave out its beginning.`;
    return new AppError('context-exceeded', message, {
      kind: 'remote-context',
      host,
      ...(limit !== null && { limit }),
    });
  }
  return new AppError(
    'context-exceeded',
    `The conversation has ${tokens} tokens; the model at ${host} takes ${limit}. Begin a new one, or leave out its beginning.`,
    { kind: 'conversation-too-long', tokens, limit },
  );
}

const CONTEXT_CODES = /context_length_exceeded|exceed_context_size/;
const CONTEXT_WORDS =
  /context (?:length|size|window)|maximum model length|maximum allowed length|prompt is too long|longer than the model/i;
const LIMIT =
  /(?:maximum context length is|maximum model length of|maximum allowed length \(|context length \(|context size \(|context window of|takes) ?(\d+)/i;
const TOKENS =
  /(?:resulted in|requested(?: about)?|\(length|input length \(|the input \(|request \(|conversation has|prompt contains) ?(\d+)/i;

/** Every server says it in its own words (vLLM, SGLang, llama-server, OpenAI). */
function contextIn(body: unknown, reason: string, codes: string): TooLong | null {
  if (!CONTEXT_CODES.test(codes) && !CONTEXT_WORDS.test(reason)) return null;
  const own = errorIn(body);
  const number = (text: string | undefined) => (text === undefined ? null : Number(text));
  return {
    tokens: positive(own.n_prompt_tokens) ?? number(TOKENS.exec(reason)?.[1]),
    limit: positive(own.n_ctx) ?? number(LIMIT.exec(reason)?.[1]),
  };
}

const positive = (value: unknown): number | null => (typeof value === 'number' && value > 0 ? value : null);

/** Of the optional fields that were sent the one that a server objects to; null where it is about something else. */
export function refusedField({ status, body }: Refusal, sent: readonly string[]): string | null {
  if (status !== 400 && status !== 422) return null;
  const { param } = errorIn(body);
  const named = typeof param === 'string' ? param.split(/[.[]/)[0] : undefined;
  if (named !== undefined && sent.includes(named)) return named;
  const words = `${reasonIn(body)} ${locationsIn(body)}`;
  // The longest first: `tool_choice` is not about `tools`.
  const found = [...sent]
    .sort((a, b) => b.length - a.length)
    .find((field) => new RegExp(`\\b${field}\\b`).test(words));
  if (found !== undefined) return found;
  // vLLM without --enable-auto-tool-choice, Ollama: "does not support tools".
  if (sent.includes('tools') && /tool/i.test(words)) return 'tools';
  return null;
}

/** FastAPI's: `{detail: [{loc: ['body', 'top_k'], msg}]}`. */
function locationsIn(body: unknown): string {
  const { detail } = record(body);
  return Array.isArray(detail) ? JSON.stringify(detail).slice(0, 2_000) : '';
}

/** What a server says was wrong, in its own words; empty where it says nothing that can be read. */
function reasonIn(body: unknown): string {
  const own = errorIn(body);
  const outer = record(body);
  for (const candidate of [own.message, outer.message, outer.error, outer.detail, body])
    if (typeof candidate === 'string' && !candidate.trimStart().startsWith('<')) return plain(candidate);
  return '';
}

function codesIn(body: unknown): string {
  const { code, type } = errorIn(body);
  return `${String(code ?? '')} ${String(type ?? '')}`;
}

function errorIn(body: unknown): Readonly<Record<string, unknown>> {
  const outer = record(body);
  return 'error' in outer && typeof outer.error === 'object' ? record(outer.error) : outer;
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** One line that can be shown: no control characters, no end. */
function plain(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line;
}

function failed(message: string, details: ConstructorParameters<typeof AppError>[2]): AppError {
  return new AppError('remote-failed', message, details);
}
