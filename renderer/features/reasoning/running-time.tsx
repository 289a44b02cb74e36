import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration, formatInteger } from '../../lib/format';
import { liveTurnOf } from '../../stores/live';

/** "Thinking · 0.8 s · 96 tokens", counted ten times a second without drawing anything else again. */
export function RunningTime({ messageId }: { readonly messageId: string }) {
  const { t, i18n } = useTranslation();
  const label = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const update = () => {
      const turn = liveTurnOf(messageId);
      if (!turn || !label.current) return;
      const time = formatDuration(turn.reasoningMs(performance.now()), t);
      const count = turn.reasoningTokens;
      const tokens = t('reasoning.tokens', { count, formatted: formatInteger(count, i18n.language) });
      label.current.textContent = `${t('reasoning.thinkingFor', { time })} · ${tokens}`;
    };
    update();
    const timer = setInterval(update, 100);
    return () => clearInterval(timer);
  }, [messageId, t, i18n.language]);
  return <span ref={label} className="tabular" />;
}
