// @vitest-environment happy-dom
import '../../i18n';
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import i18next from 'i18next';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../electron/contract/errors';
import type { PromptInfo } from '../../../electron/contract/tools';
import { setBridge } from '../../bridge/bridge';
import { createMockBridge } from '../../bridge/mock';
import { newConversation, useChat } from '../../stores/chat';
import { draftFiles } from '../../stores/draft-files';
import { draftOf, setDraft } from '../../stores/drafts';
import { useOffers } from '../../stores/offers';
import { loadSettings } from '../../stores/settings';
import { loadTools } from '../../stores/tools';
import { TooltipProvider } from '../../ui/tooltip';
import Palette from '../palette/palette';
import { addResource, choosePrompt } from './offers';
import PromptForm from './prompt-form';

configure({ asyncUtilTimeout: 60_000 });

const review: PromptInfo = {
  name: 'review',
  title: 'Review a report',
  description: '',
  arguments: [
    { name: 'report', description: 'Which one.', required: true },
    { name: 'audience', description: '', required: false },
  ],
};

let answer: (name: string, ...args: readonly unknown[]) => unknown;

beforeEach(async () => {
  await i18next.changeLanguage('en');
  Element.prototype.scrollIntoView = () => {};
  const mock = createMockBridge(new URLSearchParams('tools'));
  answer = mock.request.bind(mock) as typeof answer;
  const request = (name: string, ...args: readonly unknown[]) => answer(name, ...args);
  setBridge({ ...mock, request: request as unknown as typeof mock.request });
  newConversation();
  setDraft(null, '');
  useOffers.setState({ filling: null });
  await Promise.all([loadSettings(), loadTools()]);
});
afterEach(cleanup);

describe('what servers have ready', () => {
  it('is found in the palette by its own name and its server’s, where the conversation uses that', async () => {
    const search = (query: string) => {
      cleanup();
      render(
        <TooltipProvider>
          <Palette />
        </TooltipProvider>,
      );
      fireEvent.change(screen.getByRole('combobox'), { target: { value: query } });
      return screen.queryAllByRole('option').map(({ textContent }) => textContent);
    };
    expect(search('report files')).toEqual(['Review a reportFiles']);
    expect(search('minutes')).toContain('Minutes of the meetingFiles');
    useChat.setState({ options: { tools: [] } });
    expect(search('report files')).toEqual([]);
  });

  it('is put below what is already written', async () => {
    setDraft(null, 'Dear model,\n');
    choosePrompt({ serverId: 'files', server: 'Files', item: { ...review, arguments: [] } });
    await waitFor(() => expect(draftOf(null)).toBe('Dear model,\n\nReview this kindly: '));
  });

  it('asks for its arguments first, says what the server refused, and leaves out what was left empty', async () => {
    const asked = vi.fn();
    choosePrompt({ serverId: 'files', server: 'Files', item: review });
    render(<PromptForm />);
    const use = screen.getByRole('button', { name: 'Put into the message' });
    expect(use).toHaveProperty('disabled', true);
    fireEvent.change(screen.getByRole('textbox', { name: 'report' }), { target: { value: 'May' } });
    fireEvent.change(screen.getByRole('textbox', { name: /^audience/ }), { target: { value: ' ' } });
    answer = async () => {
      throw new AppError('tool-failed', '', {
        kind: 'tool-server-said',
        name: 'Files',
        reason: 'There is no May.',
      });
    };
    fireEvent.click(use);
    expect((await screen.findByRole('alert')).textContent).toMatch(/did not give it: .*There is no May\./);
    answer = async (...given) => {
      asked(...given);
      return 'Review May.';
    };
    fireEvent.click(use);
    await waitFor(() => expect(draftOf(null)).toBe('Review May.'));
    expect(asked).toHaveBeenCalledWith('tools.prompt', 'files', 'review', { report: 'May' });
    await waitFor(() => expect(useOffers.getState().filling).toBeNull());
  });

  it('is added as a file that was dropped would be', async () => {
    const item = { uri: 'file:///minutes.md', title: 'Minutes', description: '' };
    void addResource({ serverId: 'files', server: 'Files', item });
    await waitFor(() => expect(draftFiles(null)).toMatchObject([{ kind: 'document', name: 'minutes.md' }]));
  });
});
