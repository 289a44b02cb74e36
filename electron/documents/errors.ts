import type { Refusal } from '../contract/media';

/** A document that cannot be taken; the app, which knows its name, says why. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly reason: Refusal;

  constructor(reason: Refusal) {
    super(`The document is refused: ${reason}.`);
    this.reason = reason;
  }
}
