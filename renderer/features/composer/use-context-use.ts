import { useEffect, useMemo, useState } from 'react';
import { bridge } from '../../bridge/bridge';
import { useChat } from '../../stores/chat';
import { setContextMeasure, useContext } from '../../stores/context';
import { filesIn, readyFiles, useDraftFiles } from '../../stores/draft-files';
import { useEngine } from '../../stores/engine';
import { useRunning } from '../../stores/live';
import { useToolsKey } from '../tools/use-tools';

export interface ContextUse {
  /** Null while it is not known. */
  readonly used: number | null;
  readonly total: number | null;
  /** Tokens too many; 0 when it fits. */
  readonly over: number;
  readonly near: boolean;
  /** The model runs elsewhere, and only there it could be counted. */
  readonly estimated: boolean;
}

const NONE: ContextUse = { used: null, total: null, over: 0, near: false, estimated: false };

/** An estimate may be so far off: nothing shorter is held back by it, as the model's server refuses what is too long. */
const ESTIMATE_ERROR = 1.25;

/** How much of the context the conversation and what is about to be sent take, asked for when typing pauses. */
export function useContextUse(text: string): ContextUse {
  const conversationId = useChat((state) => state.conversationId);
  const leafId = useChat((state) => state.leafId);
  const options = useChat((state) => state.options);
  const files = useDraftFiles((state) => filesIn(state, conversationId));
  const running = useRunning((state) => (conversationId ?? '') in state.byConversation);
  // Measured again for every model and every length it is loaded with.
  const loaded = useEngine(({ status }) =>
    status.state === 'ready' || status.state === 'unloaded'
      ? `${status.state} ${status.model.manifest.id} ${status.model.contextLength}`
      : null,
  );
  const tools = useToolsKey();
  const attachments = useMemo(() => readyFiles(files), [files]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other tools are another prompt, which is measured again.
  const asked = useMemo(
    () => ({ conversationId, leafId, text, attachments, options }),
    [conversationId, leafId, text, attachments, options, tools],
  );
  const [answered, setAnswered] = useState<typeof asked | null>(null);
  const measure = useContext((state) => state.measure);

  useEffect(() => {
    // While an answer is written the count would change with every token and mean nothing for the draft.
    if (loaded === null || running) return;
    let current = true;
    const count = async () => {
      // Without a count there is no meter, and sending says what is wrong.
      const measured = await bridge()
        .request('context.measure', asked)
        .catch(() => null);
      if (!current) return;
      setContextMeasure(measured);
      setAnswered(asked);
    };
    const timer = setTimeout(() => void count(), asked.text.length > 20_000 ? 600 : 200);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked, loaded, running]);

  const here = measure !== null && answered?.conversationId === conversationId;
  if (!here || loaded === null) return NONE;
  const { tokens: used, limit: total, estimated = false } = measure;
  // A count of something else must not hold up this: the app refuses what is too long in any case.
  const current = answered.text === text && answered.leafId === leafId && answered.options === options;
  // One token at least is left for the answer.
  const isOver = used + 1 > total * (estimated ? ESTIMATE_ERROR : 1);
  const over = current && isOver ? used + 1 - total : 0;
  return { used, total, over, near: over === 0 && used > 0.85 * total, estimated };
}
