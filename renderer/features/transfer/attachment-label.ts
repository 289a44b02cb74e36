import type { Attachment } from '../../../electron/contract/conversations';
import { formatClock } from '../attachments/media-facts';

/** A file as an export names it where it does not show it: sound with its length. */
export function attachmentLabel({ name, durationMs }: Attachment): string {
  return durationMs === undefined ? name : `${name} (${formatClock(durationMs)})`;
}
