import { focusFallback } from './dialog-focus';

/** What takes an element away often moves the keys itself, in the same moment or the next frame. */
const SETTLED_MS = 60;

/**
 * Gives the keys a place when the element that had them is taken away: a button of an answer that is written again, a message that is
 * deleted, a field that is done. Else they would go nowhere, and Tab would begin at the top of the page.
 *
 * @returns what ends it.
 */
export function keepFocus(): () => void {
  let last: Element | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const nowhere = () => document.activeElement === null || document.activeElement === document.body;
  const lost = () => last !== null && !last.isConnected && nowhere();
  const remember = ({ target }: FocusEvent) => {
    last = target instanceof Element ? target : null;
  };
  // A press beside everything takes the keys away on purpose.
  const pressed = () =>
    setTimeout(() => {
      last = nowhere() ? null : document.activeElement;
    }, 0);
  const observer = new MutationObserver(() => {
    if (timer !== undefined || !lost()) return;
    timer = setTimeout(() => {
      timer = undefined;
      // A dialog looks after the keys within it.
      if (!lost() || document.querySelector('[role="dialog"], [role="menu"]')) return;
      last = null;
      focusFallback();
    }, SETTLED_MS);
  });
  observer.observe(document.body, { childList: true, subtree: true });
  document.addEventListener('focusin', remember);
  document.addEventListener('pointerdown', pressed, true);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    document.removeEventListener('focusin', remember);
    document.removeEventListener('pointerdown', pressed, true);
  };
}
