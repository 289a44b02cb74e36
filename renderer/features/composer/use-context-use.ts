import { useEffect, useState } from 'react';
import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';
import { useChat } from '../../stores/chat';
import { useEngine } from '../../stores/engine';
import { useRunning } from '../../stores/live';

export interface ContextUse {
  /** Null while it is not known. */
  readonly used: number | null;
  readonly total: number | null;
  /** Tokens too many; 0 when it fits. */
  readonly over: number;
  readonly near: boolean;
}

interface Counted {
  readonly text: string;
  readonly leafId: string | null;
  readonly tokens: number;
}

/** How much of the context the conversation and what is being typed take, asked for when typing pauses. */
export function useContextUse(draft: string, pasted: string | undefined): ContextUse {
  const conversationId = useChat((state) => state.conversationId);
  const leafId = useChat((state) => state.leafId);
  const running = useRunning((state) => (conversationId ?? '') in state.byConversation);
  const total = useEngine(({ status }) => (status.state === 'ready' ? status.model.contextLength : null));
  const [counted, setCounted] = useState<Counted | null>(null);
  const text = pasted ? `${draft}\n\n${pasted}` : draft;
  useEffect(() => {
    // While an answer is written the count would change with every token and mean nothing for the draft.
    if (total === null || running) return;
    let current = true;
    const count = async () => {
      try {
        const tokens = await bridge().request('engine.countTokens', conversationId, leafId, text);
        if (current) setCounted({ text, leafId, tokens });
      } catch (error) {
        const { code, details } = errorInfo(error);
        // Too long is a count as well. Without one there is no meter, and sending says what is wrong.
        const tokens = code === 'context-exceeded' ? details?.tokens : undefined;
        if (current) setCounted(typeof tokens === 'number' ? { text, leafId, tokens } : null);
      }
    };
    const timer = setTimeout(() => void count(), text.length > 20_000 ? 600 : 200);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [conversationId, leafId, text, total, running]);
  if (total === null || counted === null) return { used: null, total, over: 0, near: false };
  const used = counted.tokens;
  // A count of another text must not hold up this one: the app refuses what is too long in any case.
  const current = counted.text === text && counted.leafId === leafId;
  // One token at least is left for the answer.
  const over = current ? Math.max(0, used + 1 - total) : 0;
  return { used, total, over, near: over === 0 && used > 0.85 * total };
}
