import { type MouseEvent, useCallback, useState } from 'react';
import type { Point } from '../../ui/menu';

/** A menu where the pointer asked for one, or the keyboard: its menu key is told as a click at the element. */
export function useContextMenu() {
  const [at, setAt] = useState<(Point & { readonly from: HTMLElement }) | null>(null);
  const onContextMenu = useCallback((event: MouseEvent<HTMLElement>) => {
    event.preventDefault();
    const from = event.currentTarget;
    const { left, bottom } = from.getBoundingClientRect();
    // From the keyboard there is no place, only the element.
    const pointed = event.clientX !== 0 || event.clientY !== 0;
    setAt({ x: pointed ? event.clientX : left + 16, y: pointed ? event.clientY : bottom, from });
  }, []);
  const close = useCallback(() => {
    setAt(null);
    // Back to the row, unless what was chosen has taken the focus itself.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) at?.from.focus({ preventScroll: true });
    });
  }, [at]);
  return { at, onContextMenu, close };
}
