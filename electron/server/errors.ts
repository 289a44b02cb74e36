import { assertNever, type ErrorCode, type ErrorInfo } from '../contract/errors';

export type HttpErrorStatus = 400 | 403 | 404 | 405 | 413 | 500 | 502 | 503;

interface HttpErrorFields {
  readonly message: string;
  /** The field at fault, as in `messages[0].content`. */
  readonly param?: string;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** OpenAI's `type`: who has to do something about it. */
export type OpenAIErrorType = 'invalid_request_error' | 'permission_error' | 'server_error';

export interface OpenAIErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: OpenAIErrorType;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** An answer other than 200, thrown from anywhere below a route. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: HttpErrorStatus;
  readonly body: OpenAIErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: HttpErrorStatus, fields: HttpErrorFields) {
    super(fields.message);
    this.status = status;
    this.headers = fields.headers ?? {};
    this.body = {
      error: {
        message: fields.message,
        type: errorType(status),
        param: fields.param ?? null,
        code: fields.code ?? null,
      },
    };
  }
}

/** Clients of OpenAI's API try again after this many seconds; a small model loads in less. */
const RETRY_AFTER = { 'retry-after': '2' };
/** Their libraries repeat every 5xx unless told that it is of no use. */
const NO_RETRY = { 'x-should-retry': 'false' };

export function fromErrorInfo({ code, message, details }: ErrorInfo): HttpError {
  const apiCode = toApiCode(code);
  switch (code) {
    case 'invalid-request':
      if (details?.reason === 'too-large')
        return new HttpError(413, { message, code: 'request_too_large', param: 'messages' });
      // The engine knows a field where the request told it the name.
      return typeof details?.param === 'string'
        ? new HttpError(400, { message, code: 'invalid_value', param: details.param })
        : new HttpError(400, { message, code: apiCode });
    case 'context-exceeded':
      return new HttpError(400, { message, code: apiCode, param: 'messages' });
    case 'not-found':
      return new HttpError(404, { message, code: apiCode });
    case 'model-not-found':
      return new HttpError(404, { message, code: apiCode, param: 'model' });
    case 'model-not-loaded':
    case 'aborted':
    case 'interrupted':
    case 'busy':
    case 'unavailable':
      return new HttpError(503, { message, code: apiCode, headers: RETRY_AFTER });
    case 'remote-failed':
      return new HttpError(502, { message, code: apiCode, headers: NO_RETRY });
    case 'engine-crashed':
      return new HttpError(502, { message, code: apiCode, headers: RETRY_AFTER });
    case 'model-damaged':
    case 'model-unsupported':
    case 'no-recognizer':
    case 'provider-unavailable':
    case 'out-of-memory':
    case 'engine-failed':
    case 'tool-failed':
    case 'database':
    case 'disk-full':
    case 'internal':
      return new HttpError(500, { message, code: apiCode, headers: NO_RETRY });
    default:
      return assertNever(code);
  }
}

/** The model cannot answer now: 503. The engine's own words follow where it has failed. */
export function unavailable(message: string, code: string, retry: boolean): HttpError {
  return new HttpError(503, { message, code, headers: retry ? RETRY_AFTER : NO_RETRY });
}

export function toApiCode(code: ErrorCode): string {
  return code === 'context-exceeded' ? 'context_length_exceeded' : code.replaceAll('-', '_');
}

export function toErrorResponse(error: HttpError): Response {
  return Response.json(error.body, {
    status: error.status,
    headers: { 'cache-control': 'no-store', ...error.headers },
  });
}

function errorType(status: HttpErrorStatus): OpenAIErrorType {
  if (status === 403) return 'permission_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}
