import { ArrowDown } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { useChat } from '../../stores/chat';
import { IconButton } from '../../ui/icon-button';
import { MessageItem } from './message-item';
import { QuoteSelection } from './quote-selection';
import { useStickToBottom } from './use-stick-to-bottom';

/** The last turn is drawn outside the virtual list: it grows with every token, and the list need not measure that. */
const TAIL = 2;

export function MessageList() {
  const { t } = useTranslation();
  const path = useChat((state) => state.path);
  const focusId = useChat((state) => state.focusId);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const { away, toBottom, release } = useStickToBottom(scroller, content);

  const cut = Math.max(0, path.length - TAIL);
  const history = path.slice(0, cut);
  const tail = path.slice(cut);
  const leaf = path.at(-1);
  const lastUser = tail[0];

  // A message just sent is always brought into view, wherever the reader was.
  const sent = useRef(lastUser);
  useEffect(() => {
    if (sent.current !== lastUser) toBottom();
    sent.current = lastUser;
  }, [lastUser, toBottom]);

  useEffect(() => {
    if (!focusId) return;
    const index = path.indexOf(focusId);
    if (index < 0) return;
    release();
    if (index < cut) list.current?.scrollToIndex(index, { align: 'center' });
    // The list draws the item in the frames after it has scrolled there.
    const timer = setTimeout(() => {
      const item = content.current?.querySelector(`[data-message="${CSS.escape(focusId)}"]`);
      item?.scrollIntoView({ block: 'center' });
      item?.classList.add('found');
      useChat.setState({ focusId: null });
      setTimeout(() => item?.classList.remove('found'), 1600);
    }, 80);
    return () => clearTimeout(timer);
  }, [focusId, path, cut, release]);

  return (
    <div className="relative min-h-0 flex-1">
      {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section
        ref={scroller}
        tabIndex={0}
        aria-label={t('conversation.label')}
        className="focus-inset h-full overflow-x-hidden overflow-y-auto overscroll-contain px-6 [overflow-anchor:none] [scrollbar-gutter:stable_both-edges]"
      >
        {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: see above. */}
        <div ref={content} className="mx-auto max-w-[45rem] pt-3 pb-4">
          <Virtualizer ref={list} scrollRef={scroller} startMargin={12} bufferSize={600} data={history}>
            {(id) => <MessageItem key={id} id={id} last={false} />}
          </Virtualizer>
          {tail.map((id) => (
            <MessageItem key={id} id={id} last={id === leaf} />
          ))}
        </div>
      </section>
      {/* What scrolls out of view fades, as nothing else marks the edges. */}
      <div
        aria-hidden
        className="pointer-events-none absolute inset-x-4 top-0 h-3 bg-linear-to-b from-bg to-transparent"
      />
      <div
        aria-hidden
        className="pointer-events-none absolute inset-x-4 bottom-0 h-3 bg-linear-to-t from-bg to-transparent"
      />
      <QuoteSelection within={scroller} />
      {away && (
        <div className="pointer-events-none absolute inset-x-0 bottom-2 flex justify-center">
          <IconButton
            label={t('conversation.toLatest')}
            side="top"
            onClick={toBottom}
            className="animate-rise pointer-events-auto border border-line bg-raise shadow-card"
          >
            <ArrowDown size={18} aria-hidden />
          </IconButton>
        </div>
      )}
    </div>
  );
}
