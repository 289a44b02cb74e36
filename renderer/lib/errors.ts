import type { ErrorCode } from '../../electron/contract/errors';

export { toErrorInfo as errorInfo } from '../../electron/contract/errors';

/** Failures that say what they are by themselves wherever they are shown. */
export const quietCodes: readonly ErrorCode[] = ['aborted', 'unavailable'];
