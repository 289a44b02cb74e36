import { create } from 'zustand';
import { NEW } from './drafts';

/** Pastes from here on (in UTF-16 units) are kept beside the message field rather than in it. */
export const LONG_PASTE = 20_000;

interface PastedState {
  readonly byConversation: Readonly<Record<string, string>>;
}

/** Long pasted texts not sent yet, by conversation. */
export const usePasted = create<PastedState>(() => ({ byConversation: {} }));

export function setPasted(conversationId: string | null, text: string | null): void {
  const key = conversationId ?? NEW;
  usePasted.setState(({ byConversation }) => {
    const next = { ...byConversation };
    if (text) next[key] = text;
    else delete next[key];
    return { byConversation: next };
  });
}
