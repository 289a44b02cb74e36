import { Quote } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Kbd } from '../../ui/kbd';
import { keysOf } from '../shortcuts/registry';
import { quoteSelection, selectedQuote } from './quote';

/** A small button below selected text of the conversation, once the selection is made. */
export function QuoteButton() {
  const { t } = useTranslation();
  const [place, setPlace] = useState<{ readonly x: number; readonly y: number } | null>(null);
  useEffect(() => {
    const show = () => {
      const rect = selectedQuote()?.rect;
      if (!rect || rect.bottom < 0 || rect.top > innerHeight) setPlace(null);
      else {
        const y = rect.bottom + 44 > innerHeight ? rect.top - 40 : rect.bottom + 8;
        setPlace({ x: Math.min(innerWidth - 130, Math.max(8, rect.right - 40)), y });
      }
    };
    const hide = () => setPlace(null);
    const onSelection = () => {
      if (!selectedQuote()) hide();
    };
    // The selection is there one frame after the button or the key has been let go.
    const later = () => requestAnimationFrame(show);
    document.addEventListener('selectionchange', onSelection);
    document.addEventListener('pointerup', later);
    document.addEventListener('keyup', later);
    document.addEventListener('scroll', hide, true);
    return () => {
      document.removeEventListener('selectionchange', onSelection);
      document.removeEventListener('pointerup', later);
      document.removeEventListener('keyup', later);
      document.removeEventListener('scroll', hide, true);
    };
  }, []);
  if (!place) return null;
  const keys = keysOf('quote');
  return (
    <button
      type="button"
      // The selection must survive the press.
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => {
        quoteSelection();
        setPlace(null);
      }}
      style={{ left: place.x, top: place.y }}
      className="animate-grow fixed z-30 flex h-8 items-center gap-2 rounded-lg border border-line bg-raise px-2.5 text-sm shadow-pop hover:bg-hover"
    >
      <Quote size={15} className="text-accent" aria-hidden />
      {t('message.quote')}
      {keys && <Kbd keys={keys} />}
    </button>
  );
}
