/** A fault in what the user gave (files, options), to be printed without a stack trace. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
