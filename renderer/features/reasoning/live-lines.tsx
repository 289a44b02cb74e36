import { useEffect, useRef } from 'react';
import { liveTurnOf, subscribeLive } from '../../stores/live';
import { ReasoningLines } from './lines';

/** Lines kept in the document while only the last few are in view. */
const KEPT = 8;

/**
 * The reasoning while it is written. Text goes straight into the document, past React: hundreds of tokens a second would
 * otherwise build the same lines again at every frame.
 */
export function LiveLines({ messageId, all }: { readonly messageId: string; readonly all: boolean }) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = container.current;
    if (!element) return;
    element.replaceChildren();
    const lines = new ReasoningLines();
    let removed = 0;
    const update = () => {
      const turn = liveTurnOf(messageId);
      if (!turn) return;
      const first = lines.update(turn.reasoning);
      for (let index = first; index < lines.lines.length; index += 1) {
        const text = lines.lines[index] ?? '';
        const known = element.children[index - removed];
        if (known) {
          if (known.textContent !== text) known.textContent = text;
        } else if (text !== '') {
          const line = document.createElement('div');
          line.textContent = text;
          element.append(line);
        }
      }
      while (!all && element.children.length > KEPT) {
        element.firstElementChild?.remove();
        removed += 1;
      }
    };
    update();
    return subscribeLive(messageId, update);
  }, [messageId, all]);
  return (
    <div
      ref={container}
      className={`flex flex-col gap-1 ${all ? '' : 'reasoning-peek max-h-[5.75rem] justify-end overflow-hidden'}`}
    />
  );
}
