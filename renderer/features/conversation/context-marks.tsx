import { EyeOff, Scissors } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useChat } from '../../stores/chat';
import { contextStart, setContextFrom, useContext } from '../../stores/context';
import { useConversationModel } from '../../stores/model-choice';

/** Above a question: that the model does not see it and its answer, or would not if this were sent. */
export function ContextMark({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const leftOut = useChat((state) => {
    const start = contextStart(state);
    return start > 0 && state.path.indexOf(id) < start;
  });
  const misfit = useContext((state) => state.misfits.has(id));
  const name = useConversationModel()?.name ?? '';
  if (!leftOut && !misfit) return null;
  return (
    <p
      className={`mb-1 flex items-center justify-end gap-1.5 text-xs ${misfit && !leftOut ? 'text-warn' : 'text-faint'}`}
    >
      {leftOut ? <EyeOff size={13} aria-hidden /> : <Scissors size={13} aria-hidden />}
      {leftOut ? t('context.leftOut') : t('context.misfit', { name })}
    </p>
  );
}

/** Between what the model does not see and what it does. */
export function ContextLine({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const begins = useChat((state) => {
    const start = contextStart(state);
    return start > 0 && state.path[start] === id;
  });
  if (!begins) return null;
  return (
    <div className="flex items-center gap-3 pb-(--turn-gap) text-xs text-mute">
      <span aria-hidden className="h-px flex-1 bg-line-strong" />
      <span>{t('context.begins')}</span>
      <button
        type="button"
        onClick={() => setContextFrom(null)}
        className="rounded-md font-medium text-accent hover:underline"
      >
        {t('context.showAgain')}
      </button>
      <span aria-hidden className="h-px flex-1 bg-line-strong" />
    </div>
  );
}
