import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** This close to the end counts as being there. */
const NEAR = 48;
/** This far from it, the way back is offered. */
const FAR = 240;

export interface Sticking {
  /** The reader is well above the end. */
  readonly away: boolean;
  readonly toBottom: () => void;
  readonly release: () => void;
}

/**
 * Keeps the end in view while the content grows, until the reader scrolls up; back at the end, it keeps to it again. Only what
 * the reader does counts: the list also moves the scroll position itself when it has measured an item.
 */
export function useStickToBottom(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): Sticking {
  const stuck = useRef(true);
  const [away, setAway] = useState(false);

  // Runs between layout and paint, so what was added is never painted below the edge first.
  useLayoutEffect(() => {
    const outer = scroller.current;
    const inner = content.current;
    if (!outer || !inner) return;
    const observer = new ResizeObserver(() => {
      if (stuck.current) outer.scrollTop = outer.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(outer);
    return () => observer.disconnect();
  }, [scroller, content]);

  useEffect(() => {
    const outer = scroller.current;
    if (!outer) return;
    let byReader = 0;
    let dragging = false;
    const intend = () => {
      byReader = performance.now();
    };
    const onWheel = (event: WheelEvent) => {
      intend();
      // At once, not with the scroll event: a token may arrive in between and pull the reader back.
      if (event.deltaY < 0 && outer.scrollTop > 0) stuck.current = false;
    };
    const onKey = (event: KeyboardEvent) => {
      if (['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown', ' '].includes(event.key)) intend();
      if (['PageUp', 'Home', 'ArrowUp'].includes(event.key) && event.target === outer) stuck.current = false;
    };
    const onPointer = (event: PointerEvent) => {
      dragging = event.type === 'pointerdown';
      intend();
    };
    const onScroll = () => {
      const distance = outer.scrollHeight - outer.scrollTop - outer.clientHeight;
      if (dragging || performance.now() - byReader < 400) stuck.current = distance < NEAR;
      setAway(!stuck.current && distance > FAR);
    };
    outer.addEventListener('wheel', onWheel, { passive: true });
    outer.addEventListener('touchmove', intend, { passive: true });
    outer.addEventListener('keydown', onKey);
    outer.addEventListener('pointerdown', onPointer);
    addEventListener('pointerup', onPointer);
    outer.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      outer.removeEventListener('wheel', onWheel);
      outer.removeEventListener('touchmove', intend);
      outer.removeEventListener('keydown', onKey);
      outer.removeEventListener('pointerdown', onPointer);
      removeEventListener('pointerup', onPointer);
      outer.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);

  const toBottom = useCallback(() => {
    stuck.current = true;
    setAway(false);
    const outer = scroller.current;
    if (outer) outer.scrollTop = outer.scrollHeight;
  }, [scroller]);

  const release = useCallback(() => {
    stuck.current = false;
  }, []);

  return { away, toBottom, release };
}
