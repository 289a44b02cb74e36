import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';

/** What was removed can come back. A toast would lie outside of the dialog, where neither keys nor readers reach it. */
export function UndoRow({ text, onUndo }: { readonly text: string; readonly onUndo: () => void }) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  // The button that removed it is gone, and the focus with it.
  useEffect(() => button.current?.focus(), []);
  return (
    <div className="animate-appear flex items-center justify-between gap-3 rounded-xl bg-soft py-2 ps-4 pe-2 text-sm">
      <span role="status" className="min-w-0 truncate">
        {text}
      </span>
      <Button ref={button} size="sm" onClick={onUndo}>
        {t('common.undo')}
      </Button>
    </div>
  );
}
