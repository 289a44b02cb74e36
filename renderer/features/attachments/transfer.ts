import type { DragEvent } from 'react';
import type { Attachment } from '../../../electron/contract/conversations';
import { MAX_IMAGES } from '../../../electron/contract/media';
import { fileUrl } from '../../bridge/files';
import { changeFiles, draftFiles, toDraft } from '../../stores/draft-files';

/** An image of a conversation on its way to a draft: it is kept already, so nothing is uploaded again. */
const OWN = 'application/x-autoglm-attachment';

/** Lets an image be dragged out: into another program as a file, into a message as it is. */
export function startDrag(event: DragEvent, attachment: Attachment): void {
  const url = new URL(fileUrl(attachment.sha256), location.href).href;
  const name = attachment.name.replace(/[:\\/]/g, '_');
  event.dataTransfer.effectAllowed = 'copy';
  event.dataTransfer.clearData();
  event.dataTransfer.setData('DownloadURL', `${attachment.mediaType}:${name}:${url}`);
  event.dataTransfer.setData(OWN, JSON.stringify(attachment));
}

/** Whether something is dragged that a message can take. Text is left to the field. */
export function isAcceptable({ types }: DataTransfer): boolean {
  return types.includes('Files') || types.includes(OWN);
}

/** Takes an image dragged from a conversation; false where it is something else. */
export function takeOwn(data: DataTransfer, conversationId: string | null): boolean {
  const text = data.getData(OWN);
  if (!text) return false;
  const attachment: Attachment = JSON.parse(text);
  const files = draftFiles(conversationId);
  const known = files.some((file) => file.kind === 'image' && file.attachment?.sha256 === attachment.sha256);
  if (!known && files.length < MAX_IMAGES)
    changeFiles(conversationId, (all) => [...all, toDraft(attachment)]);
  return true;
}

/** Files among what was pasted. A spreadsheet also copies a picture of itself; there the text is meant. */
export function pastedFiles(data: DataTransfer): readonly File[] {
  const isText = data.types.includes('text/html') && data.getData('text/plain').trim() !== '';
  return isText ? [] : [...data.files];
}
