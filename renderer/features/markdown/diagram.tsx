import { Check, Code, Copy, Workflow } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '../../lib/use-copy';
import { CodeBlock } from './code-block';
import type { Drawn } from './diagram-renderer';

interface DiagramProps {
  readonly code: string;
  /** The closing fence has not come yet. */
  readonly incomplete: boolean;
}

/** Labels of 14 pixels stay as large as the smallest text of the page. */
const SMALLEST = 0.75;

type Result = { readonly drawn: Drawn } | { readonly failedAt: number | null };

/** By theme and source: a message that scrolls back into view has its drawings at once, at their height. */
const kept = new Map<string, Result>();
const MOST_KEPT = 60;

/** Mermaid's source as a drawing. While it is written, and where it cannot be drawn, it is code. */
export function Diagram({ code, incomplete }: DiagramProps) {
  const { t } = useTranslation();
  const result = useDrawing(code, incomplete);
  const [asSource, setAsSource] = useState(false);
  const [copied, copy] = useCopy();
  const frame = useRef<HTMLDivElement>(null);
  const drawn = result && 'drawn' in result && !asSource ? result.drawn : null;
  const sourceHeight = useSourceHeight(frame, incomplete);
  const button =
    'focus-inset flex h-7 items-center gap-1.5 rounded-md px-2 hover:bg-hover hover:text-text' as const;
  return (
    <div ref={frame}>
      {drawn ? (
        <figure className="code flex flex-col" style={{ minHeight: sourceHeight }}>
          <figcaption className="flex h-9 flex-none items-center justify-between ps-3.5 pe-1.5 text-xs text-faint">
            <span>{t('diagram.label')}</span>
            <span className="flex">
              <button type="button" className={button} onClick={() => setAsSource(true)}>
                <Code size={14} aria-hidden />
                {t('diagram.source')}
              </button>
              <button
                type="button"
                aria-label={t('diagram.copy')}
                className={button}
                onClick={() => copy(code)}
              >
                {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
                {copied ? t('common.copied') : t('common.copy')}
              </button>
            </span>
          </figcaption>
          <Drawing drawn={drawn} label={t('diagram.label')} />
        </figure>
      ) : (
        <CodeBlock code={code} language="mermaid" incomplete={incomplete} />
      )}
      {result && 'drawn' in result && asSource && (
        <button
          type="button"
          className="focus-inset mt-1 flex h-7 items-center gap-1.5 rounded-md px-2 text-xs text-mute hover:bg-hover hover:text-text"
          onClick={() => setAsSource(false)}
        >
          <Workflow size={14} aria-hidden />
          {t('diagram.show')}
        </button>
      )}
      {result && 'failedAt' in result && (
        <p className="mt-1 text-xs text-mute">
          {result.failedAt === null ? t('diagram.failed') : t('diagram.failedAt', { line: result.failedAt })}
        </p>
      )}
    </div>
  );
}

/** In a tree of its own, so that the drawing's styles end at its edge. */
function Drawing({ drawn, label }: { readonly drawn: Drawn; readonly label: string }) {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = host;
    if (!current) return;
    const root = current.shadowRoot ?? current.attachShadow({ mode: 'open' });
    const style = document.createElement('style');
    // Scaled down to fit, but not beyond what can be read: from there on it scrolls.
    style.textContent = `svg { display: block; margin: auto; height: auto; width: 100%; max-width: ${drawn.width}px; } .node rect { rx: 6px; ry: 6px; }`;
    root.replaceChildren(style, drawn.svg.cloneNode(true));
  }, [drawn]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a drawing that scrolls must be reachable by keyboard.
    <div tabIndex={0} className="focus-inset my-auto overflow-x-auto px-3.5 pt-1 pb-3.5">
      <div ref={host} role="img" aria-label={label} style={{ minWidth: drawn.width * SMALLEST }} />
    </div>
  );
}

/** How high the source stood while it was written: the drawing is never lower, so nothing below it jumps up. */
function useSourceHeight(
  frame: React.RefObject<HTMLDivElement | null>,
  incomplete: boolean,
): number | undefined {
  const [height, setHeight] = useState<number>();
  useLayoutEffect(() => {
    const { current } = frame;
    if (!incomplete || !current) return;
    const observer = new ResizeObserver(() => setHeight(current.offsetHeight));
    observer.observe(current);
    return () => observer.disconnect();
  }, [frame, incomplete]);
  return height;
}

function useDrawing(code: string, incomplete: boolean): Result | null {
  const theme = useSyncExternalStore(followTheme, themeName);
  const key = `${theme}\n${code}`;
  const [, setDone] = useState('');
  const result = incomplete ? null : (kept.get(key) ?? null);
  // Until the drawing in the new theme is there, the one of the old stays: a change of theme must not show the source.
  const last = useRef<{ readonly code: string; readonly result: Result } | null>(null);
  if (result) last.current = { code, result };
  useEffect(() => {
    if (incomplete || kept.has(key)) return;
    let current = true;
    void draw(code).then((made) => {
      kept.set(key, made);
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      if (current) setDone(key);
    });
    return () => {
      current = false;
    };
  }, [key, code, incomplete]);
  return result ?? (!incomplete && last.current?.code === code ? last.current.result : null);
}

async function draw(code: string): Promise<Result> {
  try {
    const { drawDiagram } = await import('./diagram-renderer');
    return { drawn: await drawDiagram(code) };
  } catch (error) {
    const line = /\bline (\d+)/i.exec(error instanceof Error ? error.message : String(error))?.[1];
    return { failedAt: line === undefined ? null : Number(line) };
  }
}

function themeName(): string {
  const { theme, contrast } = document.documentElement.dataset;
  return `${theme} ${contrast}`;
}

function followTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme', 'data-contrast'] });
  return () => observer.disconnect();
}
