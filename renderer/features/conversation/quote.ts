import { useChat } from '../../stores/chat';
import { draftOf, setDraft } from '../../stores/drafts';
import { focusComposer } from '../composer/focus';
import { quoteInDraft } from './quote-selection';

/** The selected text of the messages; empty where nothing of them is selected. */
export function selectedText(): string {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return '';
  const inMessage = (node: Node | null) =>
    Boolean((node instanceof Element ? node : node?.parentElement)?.closest('[data-message]'));
  return inMessage(selection.anchorNode) && inMessage(selection.focusNode) ? selection.toString().trim() : '';
}

/** By the shortcut: puts the selection into the message being written, and the cursor after it. */
export function quoteSelection(): void {
  const text = selectedText();
  if (!text) return;
  const { conversationId } = useChat.getState();
  setDraft(conversationId, quoteInDraft(text, draftOf(conversationId)));
  getSelection()?.removeAllRanges();
  // After the field has the text, so that the cursor goes to its end.
  requestAnimationFrame(focusComposer);
}
