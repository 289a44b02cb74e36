import { memo, useMemo } from 'react';
import { defaultRehypePlugins, Streamdown } from 'streamdown';
import { createBlockSplitter } from './blocks';
import { elements } from './elements';
import { createMathConverter } from './math-source';

interface MarkdownProps {
  readonly text: string;
  /** More is coming: markup that is not closed yet is closed for the reader. */
  readonly streaming: boolean;
}

/** HTML in an answer is parsed and cut down to what GitHub allows; our own elements then decide about links and pictures. */
const rehypePlugins = [defaultRehypePlugins.raw, defaultRehypePlugins.sanitize].filter(
  (plugin) => plugin !== undefined,
);

/** One object for all: a new one at each token would draw every block again. Links are checked in links.ts. */
const linkSafety = { enabled: false };

/** Lazy: the parser is a third of the page's code and nothing before the first answer needs it. */
const Markdown = memo(function Markdown({ text, streaming }: MarkdownProps) {
  const split = useMemo(createBlockSplitter, []);
  const convert = useMemo(createMathConverter, []);
  const source = useMemo(() => convert(text), [convert, text]);
  return (
    <Streamdown
      className="prose"
      components={elements}
      rehypePlugins={rehypePlugins}
      parseMarkdownIntoBlocksFn={split}
      // Kept on after the end too: taking it away would draw the whole answer again.
      mode="streaming"
      parseIncompleteMarkdown={streaming}
      isAnimating={streaming}
      controls={false}
      linkSafety={linkSafety}
      dir="auto"
    >
      {source}
    </Streamdown>
  );
});

export default Markdown;
