import { describe, expect, it } from 'vitest';
import { AppError, toErrorInfo } from './errors';

describe('errors', () => {
  it('cross to another process and back', () => {
    const error = new AppError('not-found', 'Gone.', { kind: 'attachment-gone', name: 'a.png' });
    const again = AppError.of(toErrorInfo(JSON.parse(JSON.stringify(error.toInfo()))));
    expect(again).toBeInstanceOf(AppError);
    expect(again.toInfo()).toEqual(error.toInfo());
  });

  it('take their parameters from the types', () => {
    // @ts-expect-error: the name is missing.
    new AppError('not-found', 'Gone.', { kind: 'attachment-gone' });
    // @ts-expect-error: there is no such kind.
    new AppError('not-found', 'Gone.', { kind: 'nothing-of-the-sort' });
  });
});
