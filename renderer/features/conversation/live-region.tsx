import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChat } from '../../stores/chat';
import { useRunning } from '../../stores/live';

/** Longer answers are announced as complete and left to be read. */
const READ_ALOUD = 400;

/** Says to a screen reader that an answer begins and what it was, not every token of it. */
export function LiveRegion() {
  const { t } = useTranslation();
  const conversationId = useChat((state) => state.conversationId);
  const running = useRunning((state) =>
    conversationId === null ? undefined : state.byConversation[conversationId]?.messageId,
  );
  const [said, say] = useState('');
  const before = useRef<string>(undefined);
  useEffect(() => {
    const ended = before.current;
    before.current = running;
    if (running) say(t('conversation.liveStarted'));
    else if (ended) {
      const message = useChat.getState().tree.byId[ended];
      if (message?.role !== 'assistant') return;
      if (message.state === 'failed') say(t('conversation.liveFailed'));
      else if (message.state === 'stopped') say(t('conversation.liveStopped'));
      else say(message.text.length <= READ_ALOUD ? message.text : t('conversation.liveDone'));
    }
  }, [running, t]);
  return (
    <div role="status" className="sr-only">
      {said}
    </div>
  );
}
