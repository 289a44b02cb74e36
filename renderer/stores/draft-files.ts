import { create } from 'zustand';
import type { Attachment } from '../../electron/contract/conversations';
import { fileUrl } from '../bridge/files';
import type { MediaFacts } from '../features/attachments/media-facts';
import { NEW } from './drafts';

export interface DraftImage {
  readonly id: string;
  readonly kind: 'image';
  readonly name: string;
  /** What the thumbnail shows. */
  readonly url: string;
  /** Null while it is on its way to the app. */
  readonly attachment: Attachment | null;
}

/** Sound or video: read by the page and never sent as it is. */
export interface DraftMedia {
  readonly id: string;
  readonly kind: 'media';
  readonly name: string;
  readonly file: File;
  readonly facts: MediaFacts;
}

/** Something that was said: sent with the message, to be played or to be heard by the model. */
export interface DraftClip {
  readonly id: string;
  readonly kind: 'clip';
  readonly name: string;
  readonly attachment: Attachment;
}

/** Its text goes with the message; long pastes are one too. */
export interface DraftDocument {
  readonly id: string;
  readonly kind: 'document';
  readonly name: string;
  /** Null while it is being read. */
  readonly attachment: Attachment | null;
}

export type DraftFile = DraftImage | DraftMedia | DraftClip | DraftDocument;

interface State {
  readonly byConversation: Readonly<Record<string, readonly DraftFile[]>>;
}

const STORAGE_KEY = 'draft-files';
const none: readonly DraftFile[] = [];

function readKept(): State['byConversation'] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    return Object.fromEntries(
      Object.entries(kept).map(([key, list]) => [
        key,
        Array.isArray(list) ? list.filter(isAttachment).map((attachment) => toDraft(attachment)) : none,
      ]),
    );
  } catch {
    return {};
  }
}

function isAttachment(value: unknown): value is Attachment {
  return typeof value === 'object' && value !== null && 'sha256' in value && 'name' in value;
}

export function toDraft(attachment: Attachment): DraftImage | DraftClip | DraftDocument {
  const { sha256, name } = attachment;
  if (attachment.kind === 'document') return { id: crypto.randomUUID(), kind: 'document', name, attachment };
  if (attachment.kind === 'audio') return { id: crypto.randomUUID(), kind: 'clip', name, attachment };
  return { id: crypto.randomUUID(), kind: 'image', name, url: fileUrl(sha256, true), attachment };
}

/** What will be sent with the next message, by conversation. Images outlive a reload, as the text does. */
export const useDraftFiles = create<State>(() => ({ byConversation: readKept() }));

export function filesIn(state: State, conversationId: string | null): readonly DraftFile[] {
  return state.byConversation[conversationId ?? NEW] ?? none;
}

export function draftFiles(conversationId: string | null): readonly DraftFile[] {
  return filesIn(useDraftFiles.getState(), conversationId);
}

/** What can be sent. */
export function readyFiles(files: readonly DraftFile[]): readonly Attachment[] {
  return files.flatMap((file) => (file.kind !== 'media' && file.attachment ? [file.attachment] : []));
}

export function changeFiles(
  conversationId: string | null,
  change: (files: readonly DraftFile[]) => readonly DraftFile[],
): void {
  const key = conversationId ?? NEW;
  useDraftFiles.setState(({ byConversation }) => {
    const next = { ...byConversation };
    const files = change(byConversation[key] ?? none);
    if (files.length > 0) next[key] = files;
    else delete next[key];
    return { byConversation: next };
  });
  keep();
}

/** Takes the images and recordings out, to be sent; what cannot be sent as it is stays. */
export function takeFiles(conversationId: string | null): readonly Attachment[] {
  const ready = readyFiles(draftFiles(conversationId));
  changeFiles(conversationId, (files) => files.filter(({ kind }) => kind === 'media'));
  return ready;
}

export function addClip(conversationId: string | null, clip: DraftClip): void {
  changeFiles(conversationId, (files) => {
    const known = files.some(
      (file) => file.kind === 'clip' && file.attachment.sha256 === clip.attachment.sha256,
    );
    return known ? files : [...files, clip];
  });
}

export function changeClip(conversationId: string | null, id: string, change: Partial<Attachment>): void {
  changeFiles(conversationId, (files) =>
    files.map((file) =>
      file.id === id && file.kind === 'clip'
        ? { ...file, attachment: { ...file.attachment, ...change } }
        : file,
    ),
  );
}

/** What stayed behind when a conversation began, or was added meanwhile, goes on in it. */
export function carryOver(conversationId: string): void {
  const left = draftFiles(null);
  if (left.length === 0) return;
  changeFiles(null, () => none);
  changeFiles(conversationId, (files) => [...left, ...files]);
}

/** A message that could not be sent gives its files back. */
export function returnFiles(conversationId: string | null, taken: readonly Attachment[]): void {
  changeFiles(conversationId, (files) => [...taken.map(toDraft), ...files]);
}

export function removeFile(conversationId: string | null, id: string): void {
  changeFiles(conversationId, (files) => {
    const file = files.find((candidate) => candidate.id === id);
    if (file?.kind === 'image' && file.url.startsWith('blob:')) URL.revokeObjectURL(file.url);
    return files.filter((candidate) => candidate.id !== id);
  });
}

export function moveFile(conversationId: string | null, id: string, to: number): void {
  changeFiles(conversationId, (files) => {
    const file = files.find((candidate) => candidate.id === id);
    if (!file || to < 0 || to >= files.length) return files;
    const others = files.filter((candidate) => candidate !== file);
    return [...others.slice(0, to), file, ...others.slice(to)];
  });
}

function keep(): void {
  const kept = Object.entries(useDraftFiles.getState().byConversation)
    .map(([key, files]) => [key, readyFiles(files)] as const)
    .filter(([, images]) => images.length > 0);
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(Object.fromEntries(kept.slice(-50))));
  } catch {
    // Storage full or off: the draft still lives as long as the page.
  }
}
