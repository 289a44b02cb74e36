// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest';
import { newConversation } from '../../stores/chat';
import { draftOf, setDraft } from '../../stores/drafts';
import { quoteSelection, selectedText } from './quote';

afterEach(() => {
  document.body.innerHTML = '';
  setDraft(null, '');
});

function select(id: string): void {
  const range = document.createRange();
  range.selectNodeContents(document.getElementById(id)!);
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range);
}

it('quotes what is selected in a message after what is written already', () => {
  newConversation();
  document.body.innerHTML = '<div data-message="m"><p id="in">384 + 729</p></div><p id="out">menu</p>';
  setDraft(null, 'Why ');
  select('out');
  expect(selectedText()).toBe('');
  quoteSelection();
  expect(draftOf(null)).toBe('Why ');
  select('in');
  quoteSelection();
  expect(draftOf(null)).toBe('Why\n\n> 384 + 729\n\n');
});
