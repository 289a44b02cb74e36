import { ModelError } from '../errors';

/** What a disk says, as a sentence; everything else as it is. */
export function diskError(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ModelError('The disk is full. Make room and go on; what was done is kept.', {
      kind: 'work-disk-full',
    });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new ModelError(
      `Nothing can be written to ${folder} (${code}): give yourself the right to, or name another folder in AUTOGLM_HOME.`,
      { kind: 'folder-unwritable', folder },
    );
  }
  return error;
}
