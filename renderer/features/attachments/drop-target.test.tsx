// @vitest-environment happy-dom
import '../../i18n';
import { cleanup, createEvent, fireEvent, render, screen } from '@testing-library/react';
import i18next from 'i18next';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DropTarget } from './drop-target';

beforeEach(() => i18next.changeLanguage('en'));
afterEach(cleanup);

const files = { dataTransfer: { types: ['Files'], items: [{ kind: 'file', type: 'image/png' }], files: [] } };

function leave(from: Element, to: Element | null): void {
  const event = createEvent.dragLeave(from, files);
  Object.defineProperty(event, 'relatedTarget', { value: to });
  fireEvent(from, event);
}

it('a drag that leaves the window is over, also where what it was over is gone', () => {
  render(<DropTarget />);
  const token = document.body.appendChild(document.createElement('span'));
  fireEvent.dragEnter(document.body, files);
  fireEvent.dragEnter(token, files);
  // On to the next word: still in the window.
  leave(document.body, token);
  expect(screen.getByRole('status')).toBeTruthy();
  // Replaced while an answer is written, it is never left.
  const next = document.createElement('span');
  token.replaceWith(next);
  fireEvent.dragEnter(next, files);
  leave(next, null);
  expect(screen.queryByRole('status')).toBeNull();
});
