import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../../stores/engine';
import { liveTurnOf } from '../../stores/live';

/** Between sending and the first token. Short waits show the pulse alone; a long prompt says what takes the time. */
export function Preparing({ messageId }: { readonly messageId: string }) {
  const { t } = useTranslation();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 700);
    return () => clearTimeout(timer);
  }, []);
  const loading = useEngine((state) => state.status.state === 'loading');
  const count = liveTurnOf(messageId)?.promptTokens ?? null;
  return (
    <div className="flex h-6 items-center gap-2 text-sm text-mute">
      <span className="grid w-3.5 place-items-center">
        <span className="pulse" />
      </span>
      {(long || loading) && <span className="animate-appear">{label()}</span>}
    </div>
  );

  function label(): string {
    if (loading) return t('conversation.waitingForModel');
    return count === null ? t('conversation.preparing') : t('conversation.preparingTokens', { count });
  }
}
