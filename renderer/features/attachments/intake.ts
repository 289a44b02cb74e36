import i18next from 'i18next';
import {
  displayName,
  HEAD_BYTES,
  imageTypeOf,
  MAX_IMAGE_BYTES,
  MAX_IMAGE_PIXELS,
  MAX_IMAGES,
  REFUSALS,
  type Refusal,
} from '../../../electron/contract/media';
import { uploadFile } from '../../bridge/files';
import { errorInfo } from '../../lib/errors';
import {
  changeFiles,
  type DraftDocument,
  type DraftFile,
  type DraftImage,
  draftFiles,
  removeFile,
} from '../../stores/draft-files';
import { type Place, placeOf } from '../../stores/place';
import { showError, showNotice } from '../../stores/toasts';
import { readMediaFacts } from './media-info';

/** Files uploaded at the same time. */
const AT_ONCE = 3;

type Reason = Refusal | 'unreadable' | 'too-many';

/** Puts files into a conversation's draft. What cannot be taken is said in one notice, with what could. */
export async function addFiles(files: readonly File[], conversationId: string | null): Promise<void> {
  const place = placeOf(conversationId);
  const refused = new Map<Reason, string[]>();
  const refuse = (reason: Reason, name: string) =>
    refused.set(reason, [...(refused.get(reason) ?? []), name]);
  const queue = [...files];
  const work = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const reason = await addFile(file, place);
      if (reason) refuse(reason, displayName(file.name));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (refused.size > 0) showNotice([...refused].map(([reason, names]) => sentence(reason, names)).join(' '));
}

/** The reason where it was not taken. */
async function addFile(file: File, place: Place): Promise<Reason | null> {
  const name = displayName(file.name) || i18next.t('attachments.unnamed');
  // Known without reading it, and nothing is gained by looking into the 180 beyond the limit.
  if (isFull(place)) return 'too-many';
  let head: Uint8Array;
  try {
    head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  } catch {
    // A folder, or a file that is gone or locked.
    return 'unreadable';
  }
  if (file.size === 0) return 'empty';
  if (imageTypeOf(head) === null) {
    const { documentTypeOf, MAX_DOCUMENT_BYTES } = await import('../../../electron/contract/documents');
    if (documentTypeOf(head, name) === null) return addMedia(file, name, place);
    return file.size > MAX_DOCUMENT_BYTES ? 'too-large' : addDocument(file, name, place);
  }
  if (file.size > MAX_IMAGE_BYTES) return 'too-large';
  return addImage(file, name, place);
}

async function addImage(file: File, name: string, place: Place): Promise<Reason | null> {
  // While the head was read others may have come.
  if (isFull(place)) return 'too-many';
  const url = URL.createObjectURL(file);
  return keep(file, { id: crypto.randomUUID(), kind: 'image', name, url, attachment: null }, place);
}

async function addDocument(file: File, name: string, place: Place): Promise<Reason | null> {
  if (isFull(place)) return 'too-many';
  return keep(file, { id: crypto.randomUUID(), kind: 'document', name, attachment: null }, place);
}

/** A text too long for the message's field. */
export function addPastedText(text: string, conversationId: string | null): void {
  void addFiles([new File([text], i18next.t('documents.pasted'), { type: 'text/plain' })], conversationId);
}

/** Has the app keep a file that the draft shows already. */
async function keep(file: File, draft: DraftImage | DraftDocument, place: Place): Promise<Reason | null> {
  const { id, kind, name } = draft;
  changeFiles(place.conversationId, (files) => [...files, draft]);
  try {
    const attachment = await uploadFile(file, name);
    const known = draftFiles(place.conversationId).some((other) => isSame(other, attachment.sha256));
    // The same picture twice is a slip of the hand.
    if (known) removeFile(place.conversationId, id);
    else
      changeFiles(place.conversationId, (files) =>
        files.map((other) => (other.id === id && other.kind === kind ? { ...other, attachment } : other)),
      );
    return null;
  } catch (error) {
    removeFile(place.conversationId, id);
    const info = errorInfo(error);
    const reason = REFUSALS.find((candidate) => candidate === info.details?.reason);
    if (!reason) showError(info);
    return reason ?? null;
  }
}

async function addMedia(file: File, name: string, place: Place): Promise<Reason | null> {
  const facts = await readMediaFacts(file);
  if (!facts) return 'unsupported';
  const item: DraftFile = { id: crypto.randomUUID(), kind: 'media', name, file, facts };
  changeFiles(place.conversationId, (files) => [...files, item]);
  return null;
}

function isFull(place: Place): boolean {
  return draftFiles(place.conversationId).length >= MAX_IMAGES;
}

function isSame(file: DraftFile, sha256: string): boolean {
  return (file.kind === 'image' || file.kind === 'document') && file.attachment?.sha256 === sha256;
}

function sentence(reason: Reason, names: readonly string[]): string {
  const key =
    names.length === 1
      ? (`attachments.refused.${reason}` as const)
      : (`attachments.refusedMany.${reason}` as const);
  return i18next.t(key, {
    count: names.length,
    // Isolated, so that a name in another script leaves the sentence around it in order.
    name: `\u2068${names[0]}\u2069`,
    images: MAX_IMAGES,
    megabytes: MAX_IMAGE_BYTES / 1024 / 1024,
    megapixels: MAX_IMAGE_PIXELS / 1e6,
  });
}
