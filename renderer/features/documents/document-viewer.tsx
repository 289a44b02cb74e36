import './document-viewer.css';
import { ChevronDown, ChevronUp, Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PassageRange } from '../../../electron/contract/documents';
import { fileUrl, textUrl } from '../../bridge/files';
import { closeDocument, useDocumentViewer, type ViewedDocument } from '../../stores/document-viewer';
import { useDialogFocus } from '../../ui/dialog-focus';
import { IconButton } from '../../ui/icon-button';
import { ViewerBar } from '../../ui/viewer-bar';
import { findPlaces, toPieces, toRanges } from './text-places';

/** The text that was found in a document, as the model reads it; what an answer was shown of it stands out. */
export default function DocumentViewer() {
  const document = useDocumentViewer((state) => state.document);
  return document && <Shown key={document.sha256} document={document} />;
}

function Shown({ document: { sha256, name, used } }: { readonly document: ViewedDocument }) {
  const { t } = useTranslation();
  const text = useText(sha256);
  const [query, setQuery] = useState('');
  const hits = useMemo(() => (typeof text === 'string' ? findPlaces(text, query) : []), [text, query]);
  // What is stepped through: the places of a search, else the passages.
  const places = query.trim() === '' ? used : hits;
  const [index, setIndex] = useState(0);
  const pieces = useMemo(() => (typeof text === 'string' ? toPieces(text) : []), [text]);
  const body = useRef<HTMLDivElement>(null);
  const focus = useDialogFocus((event) => {
    event.preventDefault();
    body.current?.focus();
  });
  useMarks(body, pieces, { used, hits, here: places[index] });
  const step = (by: number) => {
    if (places.length > 0) setIndex((index + by + places.length) % places.length);
  };
  const search = (next: string) => {
    setQuery(next);
    setIndex(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  const searching = query.trim() !== '';
  const found =
    places.length > 0
      ? t('documents.found', { index: index + 1, count: places.length })
      : t('documents.notFound');
  return (
    <Dialog.Root open onOpenChange={(open) => !open && closeDocument()}>
      <Dialog.Portal>
        <Dialog.Overlay className="animate-appear fixed inset-0 z-40 bg-overlay" />
        <Dialog.Content
          aria-describedby={undefined}
          {...focus}
          className="animate-grow fixed inset-x-0 top-6 bottom-6 z-50 mx-auto flex w-[calc(100%-3rem)] max-w-[56rem] flex-col overflow-hidden rounded-2xl border border-line bg-raise shadow-pop outline-none"
        >
          <ViewerBar
            file={{ name, url: fileUrl(sha256) }}
            saveLabel={t('documents.save')}
            className="border-b border-line max-sm:pt-2"
          >
            {/* Below the name in a narrow window. */}
            <div className="flex items-center gap-1 max-sm:order-last max-sm:w-full max-sm:pb-2">
              <label className="me-1 flex h-8 w-56 min-w-24 max-sm:flex-1 items-center gap-2 rounded-lg border border-transparent bg-soft px-2.5 text-sm text-faint focus-within:border-accent">
                <Search size={14} aria-hidden />
                <input
                  type="search"
                  value={query}
                  aria-label={t('documents.find')}
                  placeholder={t('documents.find')}
                  onChange={(event) => search(event.target.value)}
                  onKeyDown={onKeyDown}
                  className="min-w-0 flex-1 bg-transparent text-text outline-none [&::-webkit-search-cancel-button]:hidden"
                />
              </label>
              {(searching || used.length > 0) && (
                <>
                  <span
                    role="status"
                    className="tabular min-w-16 px-1 text-center text-xs whitespace-nowrap text-mute"
                  >
                    {found}
                  </span>
                  <IconButton
                    label={t(searching ? 'documents.previousHit' : 'documents.previousPassage')}
                    onClick={() => step(-1)}
                  >
                    <ChevronUp size={18} aria-hidden />
                  </IconButton>
                  <IconButton
                    label={t(searching ? 'documents.nextHit' : 'documents.nextPassage')}
                    onClick={() => step(1)}
                  >
                    <ChevronDown size={18} aria-hidden />
                  </IconButton>
                </>
              )}
            </div>
          </ViewerBar>
          <div
            ref={body}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with keys.
            tabIndex={0}
            role="document"
            aria-label={name}
            dir="auto"
            className="min-h-0 flex-1 overflow-y-auto px-6 py-5 text-sm leading-6 wrap-anywhere whitespace-pre-wrap outline-none"
          >
            {text === null && <p className="text-mute">{t('documents.loading')}</p>}
            {text === false && <p className="text-mute">{t('documents.gone')}</p>}
            {pieces.map((piece, at) => (
              <div
                // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never move.
                key={at}
                data-piece=""
                className="[contain-intrinsic-size:auto_2400px] [content-visibility:auto]"
              >
                {piece}
              </div>
            ))}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Null while it is being read, false where it is gone. */
function useText(sha256: string): string | null | false {
  const [text, setText] = useState<string | null | false>(null);
  useEffect(() => {
    const abort = new AbortController();
    fetch(textUrl(sha256), { signal: abort.signal })
      .then(async (answer) => setText(answer.ok ? await answer.text() : false))
      .catch(() => !abort.signal.aborted && setText(false));
    return () => abort.abort();
  }, [sha256]);
  return text;
}

interface Marks {
  readonly used: readonly PassageRange[];
  readonly hits: readonly PassageRange[];
  readonly here: PassageRange | undefined;
}

/** Marks without elements of their own, so that a text of megabytes is not drawn again for each letter that is searched. */
function useMarks(
  body: { readonly current: HTMLElement | null },
  pieces: readonly string[],
  { used, hits, here }: Marks,
): void {
  useEffect(() => {
    const elements = [...(body.current?.querySelectorAll('[data-piece]') ?? [])];
    // Dialogs are drawn a moment after their parent, and happy-dom has no highlights.
    if (elements.length !== pieces.length || typeof Highlight === 'undefined') return;
    const mark = (name: string, places: readonly PassageRange[]) => {
      const highlight = new Highlight(...places.flatMap((place) => toRanges(elements, place)));
      CSS.highlights.set(name, highlight);
    };
    mark('document-used', used);
    mark('document-hit', hits);
    // A passage is long enough to be found; painting all of it in the accent would shout.
    mark('document-here', here && hits.includes(here) ? [here] : []);
    const [target] = here ? toRanges(elements, here) : [];
    const element = target?.startContainer.parentElement;
    if (target && element && body.current) {
      element.scrollIntoView({ block: 'nearest' });
      const { top } = target.getBoundingClientRect();
      const frame = body.current.getBoundingClientRect();
      body.current.scrollTop += top - frame.top - frame.height / 3;
    }
    return () => {
      for (const name of ['document-used', 'document-hit', 'document-here']) CSS.highlights.delete(name);
    };
  }, [body, pieces, used, hits, here]);
}
