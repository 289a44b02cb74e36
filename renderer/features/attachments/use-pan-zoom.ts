import { useCallback, useEffect, useState } from 'react';

const MAX_SCALE = 12;

interface View {
  readonly scale: number;
  /** Offset of the middle, in pixels of the screen. */
  readonly x: number;
  readonly y: number;
}

const whole: View = { scale: 1, x: 0, y: 0 };

/** Zooms about a point given from the stage's middle, so that what lies there stays there. */
export function zoomed(view: View, by: number, aboutX = 0, aboutY = 0): View {
  const scale = Math.min(MAX_SCALE, Math.max(1, view.scale * by));
  const ratio = scale / view.scale;
  if (scale === 1) return whole;
  return { scale, x: aboutX - (aboutX - view.x) * ratio, y: aboutY - (aboutY - view.y) * ratio };
}

/** Wheel, pinch, double press and dragging over `element`; 1 shows the whole image. */
export function usePanZoom(element: HTMLElement | null) {
  const [view, setView] = useState(whole);
  const zoom = useCallback((by: number) => setView((current) => zoomed(current, by)), []);
  const pan = useCallback(
    (dx: number, dy: number) =>
      setView((current) =>
        current.scale === 1 ? current : { ...current, x: current.x + dx, y: current.y + dy },
      ),
    [],
  );
  const reset = useCallback(() => setView(whole), []);

  useEffect(() => {
    if (!element) return;
    const fromMiddle = (event: MouseEvent) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return [event.clientX - left - width / 2, event.clientY - top - height / 2] as const;
    };
    // Not through React, whose wheel listeners may not keep the page from zooming itself.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      setView((current) => zoomed(current, Math.exp(-event.deltaY / 300), ...fromMiddle(event)));
    };
    const onDoubleClick = (event: MouseEvent) => {
      const [x, y] = fromMiddle(event);
      setView((current) => (current.scale > 1 ? whole : zoomed(current, 2.5, x, y)));
    };
    const onPointerDown = (event: PointerEvent) => {
      if (event.button !== 0 || (event.target as Element).closest('button')) return;
      element.setPointerCapture(event.pointerId);
    };
    const onPointerMove = (event: PointerEvent) => {
      if (element.hasPointerCapture(event.pointerId)) pan(event.movementX, event.movementY);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('dblclick', onDoubleClick);
    element.addEventListener('pointerdown', onPointerDown);
    element.addEventListener('pointermove', onPointerMove);
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('dblclick', onDoubleClick);
      element.removeEventListener('pointerdown', onPointerDown);
      element.removeEventListener('pointermove', onPointerMove);
    };
  }, [element, pan]);

  return { ...view, zoom, pan, reset };
}
