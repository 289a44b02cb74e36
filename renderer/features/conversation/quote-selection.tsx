import { Quote } from 'lucide-react';
import { type RefObject, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChat } from '../../stores/chat';
import { draftOf, setDraft } from '../../stores/drafts';
import { Kbd } from '../../ui/kbd';
import { focusComposer } from '../composer/focus';
import { keysOf } from '../shortcuts/registry';

/** Half of the button, so that it stays inside of the list. */
const EDGE = 72;
/** Its height, with the distance to what it quotes. */
const ROOM = 36;

interface Selected {
  readonly text: string;
  /** From the edges of the list, in pixels. */
  readonly left: number;
  readonly top: number;
}

/** What is selected in the messages, as a quotation in front of what is being typed. */
export function quoteInDraft(selected: string, draft: string): string {
  const quoted = selected
    .trim()
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^/gm, '> ');
  return draft ? `${draft.trimEnd()}\n\n${quoted}\n\n` : `${quoted}\n\n`;
}

/** A button over the end of a selection. It waits for the pointer to be released, so that it is never in the way. */
export function QuoteSelection({ within }: { readonly within: RefObject<HTMLElement | null> }) {
  const { t } = useTranslation();
  const [selected, setSelected] = useState<Selected | null>(null);
  useEffect(() => {
    const list = within.current;
    if (!list) return;
    const show = () => {
      const selection = document.getSelection();
      const text = selection?.toString().trim() ?? '';
      if (!selection || text === '' || !list.contains(selection.anchorNode)) return setSelected(null);
      const range = selection.getRangeAt(0).getBoundingClientRect();
      const frame = list.getBoundingClientRect();
      const middle = range.left + range.width / 2 - frame.left;
      const left = Math.min(frame.width - EDGE, Math.max(EDGE, middle));
      const above = range.top - frame.top - ROOM;
      // Below, where it would cover what is selected.
      setSelected({ text, left, top: above >= 0 ? above : Math.max(0, range.bottom - frame.top + 4) });
    };
    const hide = () => setSelected(null);
    const hideWhenEmpty = () => document.getSelection()?.isCollapsed && hide();
    list.addEventListener('pointerup', show);
    list.addEventListener('keyup', show);
    list.addEventListener('scroll', hide, { passive: true });
    document.addEventListener('selectionchange', hideWhenEmpty);
    return () => {
      list.removeEventListener('pointerup', show);
      list.removeEventListener('keyup', show);
      list.removeEventListener('scroll', hide);
      document.removeEventListener('selectionchange', hideWhenEmpty);
    };
  }, [within]);
  if (!selected) return null;
  const keys = keysOf('quote');
  const quote = () => {
    const { conversationId } = useChat.getState();
    setDraft(conversationId, quoteInDraft(selected.text, draftOf(conversationId)));
    document.getSelection()?.removeAllRanges();
    setSelected(null);
    // After the field has its new text, so that the caret goes to its end.
    requestAnimationFrame(focusComposer);
  };
  return (
    <button
      type="button"
      onPointerDown={(event) => event.preventDefault()}
      onClick={quote}
      style={{ left: selected.left, top: selected.top }}
      className="animate-appear absolute z-10 flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-lg border border-line bg-raise px-2.5 text-sm shadow-pop hover:bg-hover"
    >
      <Quote size={14} className="text-mute" aria-hidden />
      {t('message.quote')}
      {keys && <Kbd keys={keys} />}
    </button>
  );
}
