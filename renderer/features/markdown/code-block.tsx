import { Check, Copy } from 'lucide-react';
import { memo, useEffect, useMemo, useReducer } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '../../lib/use-copy';
import { grammarFor } from './grammars';
import type { Line } from './highlight-messages';
import { CodeHighlighting } from './highlighter';

interface CodeBlockProps {
  readonly code: string;
  readonly language: string;
  /** The closing fence has not come yet. */
  readonly incomplete: boolean;
}

export function CodeBlock({ code, language, incomplete }: CodeBlockProps) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  const { lines, consumed } = useHighlighting(code, language, incomplete);
  const rest = code.slice(consumed);
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
          {lines.map((line, index) => (
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

const plain = { lines: [], consumed: 0 };

function useHighlighting(code: string, language: string, incomplete: boolean) {
  const grammar = grammarFor(language);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const highlighting = useMemo(() => (grammar ? new CodeHighlighting(grammar, redraw) : null), [grammar]);
  useEffect(() => () => highlighting?.dispose(), [highlighting]);
  useEffect(() => highlighting?.update(code, !incomplete), [highlighting, code, incomplete]);
  return highlighting?.of(code) ?? plain;
}
