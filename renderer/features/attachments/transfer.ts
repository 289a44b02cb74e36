import type { DragEvent } from 'react';
import type { Attachment } from '../../../electron/contract/conversations';
import { MAX_IMAGES } from '../../../electron/contract/media';
import { TRANSFER_FORMAT } from '../../../electron/contract/transfer-format';
import { fileUrl } from '../../bridge/files';
import { CONVERSATIONS, QUOTATION } from '../../lib/drag-types';
import { changeFiles, draftFiles, toDraft } from '../../stores/draft-files';
import { selectedText } from '../conversation/quote';

/** A file of a conversation on its way to a draft: it is kept already, so nothing is uploaded again. */
const OWN = 'application/x-autoglm-attachment';

/** Lets a file be dragged out: into another program as a file, into a message as it is. */
export function startDrag(event: DragEvent, attachment: Attachment): void {
  const url = new URL(fileUrl(attachment.sha256), location.href).href;
  const name = attachment.name.replace(/[:\\/]/g, '_');
  event.dataTransfer.effectAllowed = 'copy';
  event.dataTransfer.clearData();
  event.dataTransfer.setData('DownloadURL', `${attachment.mediaType}:${name}:${url}`);
  event.dataTransfer.setData(OWN, JSON.stringify(attachment));
}

let draftDragged = false;

/** One that waits to be sent: here it only changes its place, into another window it goes as any other image. */
export function startDraftDrag(event: DragEvent, attachment: Attachment | null): void {
  draftDragged = true;
  event.dataTransfer.clearData();
  if (attachment) startDrag(event, attachment);
  event.dataTransfer.effectAllowed = attachment ? 'copyMove' : 'move';
}

export function endDraftDrag(): void {
  draftDragged = false;
}

export type Dragged = 'files' | 'import' | 'conversation' | 'quotation';

/**
 * What is dragged over the window, where the window can take it. A conversation and words of one come from another window of ours; in
 * their own they are moved or dropped where the pointer is. Any other text is left to the field.
 */
export function draggedKind(data: DataTransfer, fromHere: boolean): Dragged | null {
  const { types } = data;
  if (draftDragged) return null;
  if (types.includes('Files')) return holdsOnlyExports(data) ? 'import' : 'files';
  if (types.includes(OWN)) return 'files';
  if (fromHere) return null;
  if (types.includes(CONVERSATIONS)) return 'conversation';
  return types.includes(QUOTATION) ? 'quotation' : null;
}

/** Selected words of a message take along what they are, for another window. */
export function startTextDrag({ dataTransfer }: globalThis.DragEvent): void {
  const text = selectedText();
  if (text && dataTransfer?.types.includes('text/plain')) dataTransfer.setData(QUOTATION, text);
}

/** Takes a file dragged from a conversation; false where it is something else. */
export function takeOwn(data: DataTransfer, conversationId: string | null): boolean {
  const text = data.getData(OWN);
  if (!text) return false;
  const attachment = readAttachment(text);
  if (!attachment) return true;
  const files = draftFiles(conversationId);
  const known = files.some((file) => file.kind !== 'media' && file.attachment?.sha256 === attachment.sha256);
  if (!known && files.length < MAX_IMAGES)
    changeFiles(conversationId, (all) => [...all, toDraft(attachment)]);
  return true;
}

/** Null where it is none: a page in a browser can drag something of that name too. */
function readAttachment(text: string): Attachment | null {
  try {
    const value: Partial<Attachment> | null = JSON.parse(text);
    const { sha256, kind, mediaType, name, bytes } = value ?? {};
    const isOwn =
      /^[0-9a-f]{64}$/.test(String(sha256)) &&
      (kind === 'image' || kind === 'audio' || kind === 'document') &&
      [sha256, mediaType, name].every((part) => typeof part === 'string') &&
      typeof bytes === 'number';
    return isOwn ? (value as Attachment) : null;
  } catch {
    return null;
  }
}

/** Conversations saved as JSON, which say so in their first line; other JSON is a document. What is in the file is checked when it is read. */
export async function isExport(file: File): Promise<boolean> {
  if (file.type !== 'application/json' && !/\.json$/i.test(file.name)) return false;
  const head = await file
    .slice(0, 1_000)
    .text()
    .catch(() => '');
  return head.includes(TRANSFER_FORMAT);
}

/** While they hover only the types are told. */
function holdsOnlyExports({ items }: DataTransfer): boolean {
  return items.length > 0 && [...items].every(({ type }) => type === 'application/json');
}

/** Files among what was pasted. A spreadsheet also copies a picture of itself; there the text is meant. */
export function pastedFiles(data: DataTransfer): readonly File[] {
  const isText = data.types.includes('text/html') && data.getData('text/plain').trim() !== '';
  return isText ? [] : [...data.files];
}
