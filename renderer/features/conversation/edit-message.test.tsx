// @vitest-environment happy-dom
import '../../i18n';
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import i18next from 'i18next';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { setBridge } from '../../bridge/bridge';
import { createMockBridge } from '../../bridge/mock';
import { openConversation, useChat } from '../../stores/chat';
import { forgetAllTurns } from '../../stores/live';
import { keepFocus } from '../../ui/keep-focus';
import { TooltipProvider } from '../../ui/tooltip';
import { Composer } from '../composer/composer';
import { UserMessageView } from './user-message';

// A busy machine takes its time.
configure({ asyncUtilTimeout: 60_000 });

function Question() {
  const message = useChat(({ path, tree }) => tree.byId[path[0] ?? '']);
  return message?.role === 'user' && <UserMessageView message={message} />;
}

let end: () => void;

beforeEach(async () => {
  end = keepFocus();
  await i18next.changeLanguage('en');
  setBridge(createMockBridge(new URLSearchParams()));
  // A mouse: on a touch screen the keyboard is left where it is.
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: query === '(pointer: fine)',
    addEventListener: () => {},
    removeEventListener: () => {},
  }));
  forgetAllTurns();
  await openConversation('c0');
  render(
    <TooltipProvider>
      <Question />
      <Composer />
    </TooltipProvider>,
  );
  fireEvent.click(screen.getByRole('button', { name: 'Edit' }));
});

afterEach(() => {
  end();
  cleanup();
  vi.unstubAllGlobals();
});

const editor = () => screen.getByRole('textbox', { name: 'Edit your message' });
const composer = () => screen.getByRole('textbox', { name: 'Message' });

it('gives the keys to the message field when the edited text was sent', async () => {
  expect(document.activeElement).toBe(editor());
  fireEvent.change(editor(), { target: { value: 'What is 12 + 30?' } });
  fireEvent.keyDown(editor(), { key: 'Enter' });
  await waitFor(() => expect(document.activeElement).toBe(composer()));
  expect(screen.queryByRole('textbox', { name: 'Edit your message' })).toBeNull();
});

it('gives them to it when the edit is given up', async () => {
  fireEvent.keyDown(editor(), { key: 'Escape' });
  await waitFor(() => expect(document.activeElement).toBe(composer()));
});

it('leaves them where they were taken meanwhile', async () => {
  const elsewhere = document.body.appendChild(document.createElement('button'));
  elsewhere.focus();
  useChat.setState({ editingId: null });
  await waitFor(() => expect(screen.queryByRole('textbox', { name: 'Edit your message' })).toBeNull());
  expect(document.activeElement).toBe(elsewhere);
  elsewhere.remove();
});
