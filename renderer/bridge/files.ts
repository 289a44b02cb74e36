import type { Attachment } from '../../electron/contract/conversations';
import { AppError, toErrorInfo } from '../../electron/contract/errors';
import { ATTACHMENTS_PATH } from '../../electron/contract/media';

/** Where the scripted app of mock.ts keeps files in the host's place. */
export interface FileStore {
  upload(file: Blob, name: string): Promise<Attachment>;
  url(sha256: string): string;
}

let store: FileStore | null = null;

export function setFileStore(next: FileStore): void {
  store = next;
}

/**
 * The files of conversations (contract/media.ts). Both hosts serve them beside the page, so bytes go as bytes: through the bridge
 * they would be copied as text.
 */
export async function uploadFile(file: Blob, name: string): Promise<Attachment> {
  if (store) return store.upload(file, name);
  let answer: Response;
  try {
    answer = await fetch(`${ATTACHMENTS_PATH}?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      // Its declared type says nothing; the app looks at the content.
      headers: { 'content-type': 'application/octet-stream' },
      body: file,
    });
  } catch {
    throw new AppError('unavailable', 'The connection to AutoGLM was lost.', { kind: 'connection-lost' });
  }
  const body: unknown = await answer.json().catch(() => null);
  // Our own host's answer: an Attachment, or the ErrorInfo that says why not.
  if (answer.ok) return body as Attachment;
  throw AppError.of(toErrorInfo(body ?? { code: 'unavailable', message: answer.statusText }));
}

/** A document's text. */
export function textUrl(sha256: string): string {
  return store ? store.url(sha256) : `${ATTACHMENTS_PATH}/${sha256}?text`;
}

/** `preview` is at most 640 pixels wide and high. */
export function fileUrl(sha256: string, preview = false): string {
  if (store) return store.url(sha256);
  return `${ATTACHMENTS_PATH}/${sha256}${preview ? '?preview' : ''}`;
}
