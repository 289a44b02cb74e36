import type { ErrorParameters } from '../../electron/contract/error-kinds';

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
