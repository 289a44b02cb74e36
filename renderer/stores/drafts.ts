import { create } from 'zustand';
import { isQuickAsk } from '../features/quick-ask/route';

/** What is typed but not sent, by conversation; the one that has not begun lies under `NEW`. */
export const NEW = 'new';

/** The quick-ask window keeps its own: each window writes all of its drafts at once. */
const STORAGE_KEY = isQuickAsk ? 'drafts.quick' : 'drafts';
/** Longer drafts stay in memory only: the browser's storage holds 5 MB in all and writing it blocks. */
const LONGEST_KEPT = 100_000;

interface DraftState {
  readonly byConversation: Readonly<Record<string, string>>;
}

function readKept(): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    return Object.fromEntries(
      Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return {};
  }
}

export const useDrafts = create<DraftState>(() => ({ byConversation: readKept() }));

let saving: ReturnType<typeof setTimeout> | undefined;

function keep(): void {
  const kept = Object.entries(useDrafts.getState().byConversation).filter(
    ([, text]) => text.length <= LONGEST_KEPT,
  );
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(Object.fromEntries(kept.slice(-50))));
  } catch {
    // Storage full or off: the draft still lives as long as the page.
  }
}

export function setDraft(conversationId: string | null, text: string): void {
  const key = conversationId ?? NEW;
  useDrafts.setState(({ byConversation }) => {
    const next = { ...byConversation };
    if (text) next[key] = text;
    else delete next[key];
    return { byConversation: next };
  });
  clearTimeout(saving);
  saving = setTimeout(keep, 400);
}

export function draftOf(conversationId: string | null): string {
  return useDrafts.getState().byConversation[conversationId ?? NEW] ?? '';
}

/** Before the page is loaded anew because everything was deleted; leaving it would write them back. */
export function forgetDrafts(): void {
  useDrafts.setState({ byConversation: {} });
  clearTimeout(saving);
}

addEventListener('pagehide', keep);
