import { useChat } from '../../stores/chat';
import { draftOf, setDraft } from '../../stores/drafts';
import { focusComposer } from '../composer/focus';

/** The selected text of the messages, with where it lies; null where nothing of them is selected. */
export function selectedQuote(): { readonly text: string; readonly rect: DOMRect } | null {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const inMessage = (node: Node | null) =>
    (node instanceof Element ? node : node?.parentElement)?.closest('[data-message]') ?? null;
  if (!inMessage(selection.anchorNode) || !inMessage(selection.focusNode)) return null;
  const text = selection.toString().trim();
  if (!text) return null;
  const range = selection.getRangeAt(0);
  // Of several lines the last one: that is where the pointer is.
  const rects = [...range.getClientRects()].filter(({ width }) => width > 0);
  return { text, rect: rects.at(-1) ?? range.getBoundingClientRect() };
}

/** As Markdown writes a quotation. */
export function toQuotation(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^/gm, '> ')
    .replace(/^> $/gm, '>');
}

/** Puts the selection into the message being written, and the cursor after it. */
export function quoteSelection(): void {
  const quote = selectedQuote();
  if (!quote) return;
  const { conversationId } = useChat.getState();
  const draft = draftOf(conversationId);
  const before = draft ? `${draft.trimEnd()}\n\n` : '';
  setDraft(conversationId, `${before}${toQuotation(quote.text)}\n\n`);
  getSelection()?.removeAllRanges();
  // After the field has the text, so that the cursor goes to its end.
  requestAnimationFrame(focusComposer);
}
