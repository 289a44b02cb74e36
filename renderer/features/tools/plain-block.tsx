import { useId } from 'react';

interface PlainBlockProps {
  readonly title: string;
  readonly text: string;
  /** Said below it. */
  readonly note?: string | null;
}

/** What a tool was given or returned: text and nothing else, whatever it looks like. */
export function PlainBlock({ title, text, note = null }: PlainBlockProps) {
  const id = useId();
  return (
    <div className="min-w-0">
      <p id={id} className="mb-1 text-xs text-faint">
        {title}
      </p>
      {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section
        tabIndex={0}
        aria-labelledby={id}
        dir="auto"
        className="focus-inset max-h-64 overflow-auto rounded-lg bg-soft px-3 py-2 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap"
      >
        {text}
      </section>
      {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: see above. */}
      {note && <p className="mt-1 text-xs text-faint">{note}</p>}
    </div>
  );
}
