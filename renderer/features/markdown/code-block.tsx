import { Check, Copy } from 'lucide-react';
import { memo, useEffect, useReducer, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '../../lib/use-copy';
import { CodeHighlighting, grammarFor, type Line } from './highlighter';

interface CodeBlockProps {
  readonly code: string;
  readonly language: string;
  /** The closing fence has not come yet. */
  readonly incomplete: boolean;
}

export function CodeBlock({ code, language, incomplete }: CodeBlockProps) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  const highlighting = useHighlighting(code, language, incomplete);
  const rest = code.slice(highlighting?.consumed ?? 0);
  return (
    <div className="code" dir="ltr">
      <div className="flex h-9 items-center justify-between ps-3.5 pe-1.5 text-xs text-faint">
        <span>{language || t('code.plain')}</span>
        <button
          type="button"
          aria-label={t('code.copy')}
          onClick={() => copy(code)}
          className="focus-inset flex h-7 items-center gap-1.5 rounded-md px-2 hover:bg-hover hover:text-text"
        >
          {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          {copied ? t('common.copied') : t('common.copy')}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} className="focus-inset">
        <code>
          {highlighting?.lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added.
            <CodeLine key={index} line={line} />
          ))}
          {rest}
        </code>
      </pre>
    </div>
  );
}

const CodeLine = memo(function CodeLine({ line }: { readonly line: Line }) {
  return (
    <>
      {line.map(({ content, color, italic }, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a finished line's tokens never change.
          key={index}
          style={{ color, fontStyle: italic ? 'italic' : undefined }}
        >
          {content}
        </span>
      ))}
      {'\n'}
    </>
  );
});

function useHighlighting(code: string, language: string, incomplete: boolean): CodeHighlighting | null {
  const grammar = grammarFor(language);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const kept = useRef<{ grammar: string; highlighting: CodeHighlighting } | null>(null);
  useEffect(() => {
    if (!grammar) {
      kept.current = null;
      return;
    }
    const highlighting = new CodeHighlighting(grammar, redraw);
    kept.current = { grammar, highlighting };
    return () => highlighting.dispose();
  }, [grammar]);
  useEffect(() => {
    if (grammar) kept.current?.highlighting.update(code, !incomplete);
  }, [grammar, code, incomplete]);
  const highlighting = kept.current?.grammar === grammar ? kept.current?.highlighting : null;
  // While an update has not run yet, lines of another text must not be shown with this one.
  return highlighting && highlighting.consumed <= code.length ? highlighting : null;
}
