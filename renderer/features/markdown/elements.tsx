import { ImageOff } from 'lucide-react';
import { type ComponentProps, isValidElement, lazy, type ReactElement, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { type Components, type ExtraProps, useIsCodeFenceIncomplete } from 'streamdown';
import { CodeBlock } from './code-block';
import { Diagram } from './diagram';
import { linkTarget } from './links';
import { DISPLAY_MATH, INLINE_MATH } from './math-source';
import { textOf } from './text-of';

type Props<T extends 'a' | 'img' | 'code' | 'pre' | 'table' | 'input'> = ComponentProps<T> & ExtraProps;

const Formula = lazy(() => import('./math'));

function Link({ href, children }: Props<'a'>) {
  const { t } = useTranslation();
  const target = linkTarget(href);
  if (!target) return <span>{children}</span>;
  if (target.startsWith('#')) return <a href={target}>{children}</a>;
  return (
    <a
      href={target}
      target="_blank"
      rel="noreferrer noopener"
      title={t('markdown.openLink', { url: target })}
    >
      {children}
    </a>
  );
}

/** An address in an answer must not make this computer call out, so pictures from elsewhere are named, not loaded. */
function Image({ src, alt }: Props<'img'>) {
  const { t } = useTranslation();
  const target = typeof src === 'string' ? linkTarget(src) : null;
  const host = target && !target.startsWith('#') ? new URL(target).host : '';
  return (
    <span className="inline-flex max-w-full items-center gap-1.5 rounded-md bg-soft px-2 py-0.5 align-middle text-sm text-mute">
      <ImageOff size={14} aria-hidden />
      <span className="truncate">
        {alt ? `${alt} · ` : ''}
        {host ? t('markdown.image', { host }) : t('markdown.imageUnknown')}
      </span>
    </span>
  );
}

function InlineCode({ children }: Props<'code'>) {
  const text = textOf(children);
  const mark = text[0];
  if (mark !== INLINE_MATH && mark !== DISPLAY_MATH) return <code>{children}</code>;
  const tex = text.slice(1);
  return (
    <Suspense fallback={tex}>
      <Formula tex={tex} display={mark === DISPLAY_MATH} />
    </Suspense>
  );
}

function Preformatted({ children }: Props<'pre'>) {
  const incomplete = useIsCodeFenceIncomplete();
  const child = Array.isArray(children) ? children[0] : children;
  const props = isValidElement(child) ? (child as ReactElement<ComponentProps<'code'>>).props : {};
  const code = textOf(props.children).replace(/\n$/, '');
  const language = /language-(\S+)/.exec(props.className ?? '')?.[1] ?? '';
  if (language === 'math') {
    return (
      <Suspense fallback={<span className="block py-1">{code}</span>}>
        <Formula tex={code} display />
      </Suspense>
    );
  }
  if (language === 'mermaid') return <Diagram code={code} incomplete={incomplete} />;
  return <CodeBlock code={code} language={language} incomplete={incomplete} />;
}

/** Of a task list: the only field that the sanitiser leaves. */
function Task({ checked = false }: Props<'input'>) {
  const { t } = useTranslation();
  return (
    <input
      type="checkbox"
      checked={checked}
      disabled
      readOnly
      aria-label={t(checked ? 'markdown.done' : 'markdown.notDone')}
    />
  );
}

function Table({ children }: Props<'table'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard.
    <div className="table-scroll focus-inset" tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}

/** Plain elements, drawn by styles/prose.css; Streamdown's own carry controls that this page does not want. */
export const elements: Components = {
  a: Link,
  img: Image,
  pre: Preformatted,
  code: InlineCode,
  inlineCode: InlineCode,
  input: Task,
  table: Table,
  h1: 'h1',
  h2: 'h2',
  h3: 'h3',
  h4: 'h4',
  h5: 'h5',
  h6: 'h6',
  p: 'p',
  ul: 'ul',
  ol: 'ol',
  li: 'li',
  hr: 'hr',
  blockquote: 'blockquote',
  strong: 'strong',
  sub: 'sub',
  sup: 'sup',
  section: 'section',
  thead: 'thead',
  tbody: 'tbody',
  tr: 'tr',
  th: 'th',
  td: 'td',
};
