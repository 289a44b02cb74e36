import type { Attachment } from '../../contract/conversations';
import { toErrorInfo } from '../../contract/errors';
import { displayName } from '../../contract/media';
import type { ReturnedImage } from '../../contract/tools';
import { type AttachmentStore, pieces } from '../attachments/attachments';

/**
 * Keeps a picture that a tool returned beside those of messages, looked at in the same way: what it says it is counts for nothing. Null
 * where it is no picture, or cannot be kept; the answer goes on without it.
 */
export async function keepImage(
  store: Pick<AttachmentStore, 'add' | 'keep'>,
  { name, base64 }: ReturnedImage,
  log: (line: string) => void,
): Promise<Attachment | null> {
  try {
    const kept = await store.add(pieces(Buffer.from(base64, 'base64')), displayName(name), ['image']);
    store.keep(kept);
    return kept;
  } catch (error) {
    log(`A picture that a tool returned was not kept: ${toErrorInfo(error).message}`);
    return null;
  }
}
