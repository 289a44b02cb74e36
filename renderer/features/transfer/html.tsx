import i18next from 'i18next';
import katex from 'katex';
import { type ComponentProps, Fragment, isValidElement, type ReactElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { type Components, defaultRehypePlugins, Streamdown } from 'streamdown';
import type { Message } from '../../../electron/contract/conversations';
import type { CalledTool } from '../../../electron/contract/tools';
import { linkTarget } from '../markdown/links';
import { createMathConverter, DISPLAY_MATH, INLINE_MATH } from '../markdown/math-source';
import { textOf } from '../markdown/text-of';
import { segments } from '../tools/segments';
import { attachmentLabel } from './attachment-label';
import { pageStyle } from './page-style';

export interface ExportedBranch {
  readonly id: string;
  readonly title: string;
  readonly createdAt: number;
  readonly messages: readonly Message[];
}

/** Pictures of the messages as `data:` addresses, by sha256. */
export type Pictures = ReadonlyMap<string, string>;

/** Nothing but the page itself: whoever opens it calls nobody and runs nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** A page of its own that can be read anywhere, in the reader's light or dark. */
export function conversationsToHtml(branches: readonly ExportedBranch[], pictures: Pictures): string {
  const title = branches.length === 1 ? (branches[0]?.title ?? '') : i18next.t('library.exportTitle');
  const body = renderToStaticMarkup(
    <main>
      {branches.length > 1 && <Contents title={title} branches={branches} />}
      {branches.map((branch) => (
        <Branch key={branch.id} branch={branch} pictures={pictures} />
      ))}
    </main>,
  );
  const head = renderToStaticMarkup(
    <>
      <meta charSet="utf-8" />
      <meta httpEquiv="Content-Security-Policy" content={POLICY} />
      <meta name="viewport" content="width=device-width" />
      <meta name="color-scheme" content="light dark" />
      <title>{title}</title>
    </>,
  );
  return `<!doctype html>\n<html lang="${i18next.language}"><head>${head}<style>${pageStyle}</style></head>\n<body>${body}</body></html>\n`;
}

function Contents({
  title: heading,
  branches,
}: {
  readonly title: string;
  readonly branches: readonly ExportedBranch[];
}) {
  return (
    <nav>
      <h1>{heading}</h1>
      <ol>
        {branches.map(({ id, title }) => (
          <li key={id}>
            <a href={`#${id}`}>{title}</a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

interface BranchProps {
  readonly branch: ExportedBranch;
  readonly pictures: Pictures;
}

function Branch({ branch, pictures }: BranchProps) {
  const begun = new Date(branch.createdAt);
  return (
    <article id={branch.id}>
      <h1 dir="auto">{branch.title}</h1>
      <time dateTime={begun.toISOString()}>
        {new Intl.DateTimeFormat(i18next.language, { dateStyle: 'long', timeStyle: 'short' }).format(begun)}
      </time>
      {branch.messages.map((message) => (
        <section key={message.id} className={message.role}>
          <h2>{i18next.t(message.role === 'user' ? 'conversation.you' : 'conversation.assistant')}</h2>
          {message.role === 'user' ? (
            <>
              {message.attachments.map((attachment) => {
                const { sha256, name } = attachment;
                const picture = pictures.get(sha256);
                return picture ? (
                  <img key={sha256} src={picture} alt={name} />
                ) : (
                  <p key={sha256} className="file">
                    {attachmentLabel(attachment)}
                  </p>
                );
              })}
              <div className="said" dir="auto">
                {message.text}
              </div>
            </>
          ) : (
            <>
              {message.reasoning && (
                <details>
                  <summary>{i18next.t('reasoning.thought')}</summary>
                  <div className="said" dir="auto">
                    {message.reasoning}
                  </div>
                </details>
              )}
              {segments(message.text, message.toolCalls ?? []).map(({ start, text, calls }) => (
                <Fragment key={start}>
                  <Answer text={text} />
                  {calls.map((call) => (
                    <ToolCall key={call.id} call={call} pictures={pictures} />
                  ))}
                </Fragment>
              ))}
            </>
          )}
        </section>
      ))}
    </article>
  );
}

interface ToolCallProps {
  readonly call: CalledTool;
  readonly pictures: Pictures;
}

function ToolCall({ call, pictures }: ToolCallProps) {
  const { title, server, state, result } = call;
  return (
    <details>
      <summary>
        {i18next.t('tools.call.from', { tool: title, server })} · {i18next.t(`tools.call.${state}`)}
      </summary>
      <pre>
        <code>{call.arguments}</code>
      </pre>
      {result && (
        <pre>
          <code>{result.text}</code>
        </pre>
      )}
      {result?.images?.map(({ sha256, name }) => {
        const picture = pictures.get(sha256);
        return picture && <img key={sha256} src={picture} alt={name} />;
      })}
    </details>
  );
}

const rehypePlugins = [defaultRehypePlugins.raw, defaultRehypePlugins.sanitize].filter(
  (plugin) => plugin !== undefined,
);

function Answer({ text }: { readonly text: string }) {
  return (
    <Streamdown
      components={elements}
      rehypePlugins={rehypePlugins}
      mode="static"
      controls={false}
      linkSafety={{ enabled: false }}
      dir="auto"
    >
      {createMathConverter()(text)}
    </Streamdown>
  );
}

/** MathML is drawn by every browser without fonts or styles of its own. */
function Formula({ tex, display }: { readonly tex: string; readonly display: boolean }) {
  const html = katex.renderToString(tex, {
    output: 'mathml',
    displayMode: display,
    throwOnError: false,
    strict: 'ignore',
    trust: false,
  });
  // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX escapes what it is given, and the page runs no scripts.
  return <span dangerouslySetInnerHTML={{ __html: html }} />;
}

function InlineCode({ children }: { readonly children?: ReactNode }) {
  const text = textOf(children);
  const mark = text[0];
  if (mark !== INLINE_MATH && mark !== DISPLAY_MATH) return <code>{children}</code>;
  return <Formula tex={text.slice(1)} display={mark === DISPLAY_MATH} />;
}

function Preformatted({ children }: { readonly children?: ReactNode }) {
  const child = Array.isArray(children) ? children[0] : children;
  const props = isValidElement(child) ? (child as ReactElement<ComponentProps<'code'>>).props : {};
  const code = textOf(props.children).replace(/\n$/, '');
  if (/language-math\b/.test(props.className ?? '')) return <Formula tex={code} display />;
  return (
    <pre>
      <code>{code}</code>
    </pre>
  );
}

/** Plain elements; a link goes where it says, a picture from elsewhere is named. */
const elements: Components = {
  a: ({ href, children }) => {
    const target = linkTarget(href);
    return target ? (
      <a href={target} rel="noreferrer noopener">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    );
  },
  img: ({ alt }) => <span className="file">{alt || i18next.t('markdown.imageUnknown')}</span>,
  pre: ({ children }) => <Preformatted>{children}</Preformatted>,
  code: ({ children }) => <InlineCode>{children}</InlineCode>,
  inlineCode: ({ children }) => <InlineCode>{children}</InlineCode>,
  table: ({ children }) => (
    <div className="table">
      <table>{children}</table>
    </div>
  ),
  ...Object.fromEntries(
    ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'ul', 'ol', 'li', 'hr', 'blockquote', 'strong', 'sub', 'sup']
      .concat(['section', 'thead', 'tbody', 'tr', 'th', 'td'])
      .map((name) => [name, name]),
  ),
};
