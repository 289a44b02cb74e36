import { create } from 'zustand';

/** What the reader opened or folded himself, by message: it outlives a block that scrolled out of view. */
interface ReasoningState {
  readonly open: Readonly<Record<string, boolean>>;
}

export const useReasoning = create<ReasoningState>(() => ({ open: {} }));

export function setReasoningOpen(messageId: string, open: boolean): void {
  useReasoning.setState((state) => ({ open: { ...state.open, [messageId]: open } }));
}
