import 'katex/dist/katex.min.css';
import './math.css';
import katex from 'katex';
import { useLayoutEffect, useRef } from 'react';

interface MathProps {
  readonly tex: string;
  readonly display: boolean;
}

/** While a formula is written, the last state of it that could be read stays. */
export default function Formula({ tex, display }: MathProps) {
  const target = useRef<HTMLSpanElement>(null);
  const drawn = useRef(false);
  useLayoutEffect(() => {
    const element = target.current;
    if (!element) return;
    try {
      // Onto a node, not as HTML: its styles are then set by script, which needs no exception for style attributes.
      katex.render(tex, element, {
        displayMode: display,
        throwOnError: true,
        strict: 'ignore',
        trust: false,
      });
      drawn.current = true;
    } catch {
      if (!drawn.current) element.textContent = tex;
    }
  }, [tex, display]);
  return (
    <span ref={target} className={display ? 'block overflow-x-auto overflow-y-hidden py-1' : undefined} />
  );
}
