import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../../lib/format';
import { liveTurnOf } from '../../stores/live';

/** "Thinking · 0.8 s · 96 tokens", counted ten times a second without drawing anything else again. */
export function RunningTime({ messageId }: { readonly messageId: string }) {
  const { t } = useTranslation();
  const label = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const update = () => {
      const turn = liveTurnOf(messageId);
      if (!turn || !label.current) return;
      // Tenths from the start: milliseconds would only flicker.
      const time = formatDuration(Math.max(95, turn.reasoningMs(performance.now())), t);
      const count = turn.reasoningTokens;
      const tokens = t('reasoning.tokens', { count });
      label.current.textContent = `${t('reasoning.thinkingFor', { time })} · ${tokens}`;
    };
    update();
    const timer = setInterval(update, 100);
    return () => clearInterval(timer);
  }, [messageId, t]);
  return <span ref={label} className="tabular" />;
}
