import type { ErrorParameters } from '../../electron/contract/error-kinds';
import { type ErrorInfo, toErrorInfo } from '../../electron/contract/errors';

/** A fault in what the user gave (files, options), to be printed without a stack trace. */
export class ModelError extends Error {
  override readonly name = 'ModelError';

  /** For the app, which says it in the user's language (contract/error-kinds.ts). */
  readonly details?: ErrorParameters;

  constructor(message: string, details?: ErrorParameters) {
    super(message);
    this.details = details;
  }
}

/** What goes wrong while models are worked on, as the app is told of it. */
export function explain(error: unknown): ErrorInfo {
  if (error instanceof ModelError) {
    const { message, details } = error;
    return { code: 'model-unsupported', message, ...(details && { details: { ...details } }) };
  }
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
    return {
      code: 'disk-full',
      message: 'The disk is full. Make room and go on; what was done is kept.',
      details: { kind: 'work-disk-full' },
    };
  }
  return toErrorInfo(error);
}
