import type { ErrorParameters } from './error-kinds';

/**
 * Every failure a person can meet. `message` is one or two English sentences that say what happened, why, and what to do (logs,
 * the HTTP server); the renderer says the same in the reader's language: the sentence of `details.kind` with its parameters filled in
 * (error-kinds.ts), or what it says of `code` where an error has no kind.
 */
export type ErrorCode =
  | 'invalid-request'
  | 'not-found'
  | 'model-not-found'
  | 'model-damaged'
  | 'model-unsupported'
  | 'model-not-loaded'
  /** Nothing that is installed turns speech into text. */
  | 'no-recognizer'
  | 'context-exceeded'
  | 'out-of-memory'
  | 'provider-unavailable'
  | 'engine-crashed'
  | 'engine-failed'
  | 'aborted'
  /** The app ended (a crash, a power cut) while the answer was being written. */
  | 'interrupted'
  /** The conversation already has an answer in progress. */
  | 'busy'
  /** A tool of another program's, or its server. */
  | 'tool-failed'
  /** An engine that the user connected to cannot be reached, or refused. */
  | 'remote-failed'
  | 'database'
  | 'disk-full'
  /** The app is closing, or the page cannot reach its host. */
  | 'unavailable'
  | 'internal';

export interface ErrorInfo {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Details;
}

type Details = Readonly<Record<string, string | number>>;

/** A kind comes with all of its parameters. */
export type ErrorDetails = Details & (ErrorParameters | { readonly kind?: never });

/** An ErrorInfo that can be thrown. Anything else that is thrown is a bug and becomes `internal`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details?: Details;

  constructor(code: ErrorCode, message: string, details?: ErrorDetails) {
    super(message);
    this.code = code;
    this.details = details;
  }

  /** One that came from another process or another world, to be thrown again. */
  static of({ code, message, details }: ErrorInfo): AppError {
    return new AppError(code, message, details as ErrorDetails | undefined);
  }

  toInfo(): ErrorInfo {
    return { code: this.code, message: this.message, ...(this.details && { details: this.details }) };
  }
}

export function toErrorInfo(error: unknown): ErrorInfo {
  if (error instanceof AppError) return error.toInfo();
  if (isErrorInfo(error)) return error;
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** As it arrives from another process or another world. System errors have a `code` too, but are Errors. */
function isErrorInfo(error: unknown): error is ErrorInfo {
  return (
    typeof error === 'object' &&
    error !== null &&
    !(error instanceof Error) &&
    'code' in error &&
    typeof error.code === 'string' &&
    'message' in error &&
    typeof error.message === 'string'
  );
}

/** Ends a switch over a discriminated union: a new member that is not handled fails to compile. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
