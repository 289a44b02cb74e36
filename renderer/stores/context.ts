import { create } from 'zustand';
import type { ContextMeasure } from '../../electron/contract/api';
import { type ChatState, useChat } from './chat';
import { changeConversation } from './conversations';

/** What was last measured of the conversation in view, for the messages that would not fit. */
interface ContextState {
  readonly measure: ContextMeasure | null;
  /** Messages of the branch that do not fit into the model's context. */
  readonly misfits: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

export const useContext = create<ContextState>(() => ({ measure: null, misfits: none }));

export function setContextMeasure(measure: ContextMeasure | null): void {
  const { path } = useChat.getState();
  const until = measure?.fitsFrom ? path.indexOf(measure.fitsFrom) : 0;
  const known = useContext.getState().misfits;
  // The same set while nothing changed: every message in view looks at it.
  const misfits =
    until <= 0
      ? none
      : known.size === until && known.has(path[until - 1] ?? '')
        ? known
        : new Set(path.slice(0, until));
  useContext.setState({ measure, misfits });
}

/** Where the model's view of the branch begins, by the user's choice; 0 where it sees all of it. */
export function contextStart({ options, path }: Pick<ChatState, 'options' | 'path'>): number {
  return options.contextFrom === undefined ? 0 : Math.max(0, path.indexOf(options.contextFrom));
}

/** Null shows the model the whole branch again. */
export function setContextFrom(messageId: string | null): void {
  const { conversationId, options } = useChat.getState();
  if (conversationId === null) return;
  const { contextFrom: _, ...rest } = options;
  const next = messageId === null ? rest : { ...rest, contextFrom: messageId };
  useChat.setState({ options: next });
  void changeConversation(conversationId, { options: next });
}
