import { AppError } from '../../contract/errors';

/**
 * What reads a grammar calls itself once a level, so that one nested some thousand times exhausts the stack.
 *
 * @throws AppError `invalid-request` in place of that RangeError
 */
export function shallow<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = 'The grammar is nested too deeply. Use fewer groups or rules within each other.';
    throw new AppError('invalid-request', message);
  }
}
