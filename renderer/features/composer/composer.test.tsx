// @vitest-environment happy-dom
import '../../i18n';
import { act, cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import i18next from 'i18next';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cpuMs } from '../../../build/testing/cpu-time';
import type { AppBridge } from '../../../electron/contract/api';
import { imageFile } from '../../../electron/contract/testing/messages';
import { setBridge } from '../../bridge/bridge';
import { createMockBridge } from '../../bridge/mock';
import { newConversation, useChat } from '../../stores/chat';
import { changeFiles, type DraftFile, draftFiles } from '../../stores/draft-files';
import { draftOf, setDraft } from '../../stores/drafts';
import { TooltipProvider } from '../../ui/tooltip';
import { Composer } from './composer';

// A busy machine takes its time.
configure({ asyncUtilTimeout: 60_000 });

let request: AppBridge['request'];

beforeEach(async () => {
  await i18next.changeLanguage('en');
  const mock = createMockBridge(new URLSearchParams('empty'));
  request = vi.fn(mock.request.bind(mock)) as unknown as AppBridge['request'];
  setBridge({ ...mock, request });
  newConversation();
  setDraft(null, '');
  changeFiles(null, () => []);
  render(
    <TooltipProvider>
      <Composer />
    </TooltipProvider>,
  );
});

afterEach(cleanup);

const field = () => screen.getByRole('textbox', { name: 'Message' });
const sent = () => vi.mocked(request).mock.calls.filter(([name]) => name === 'turns.start');

describe('composer', () => {
  it('sends with Enter and empties the field', async () => {
    fireEvent.change(field(), { target: { value: '384 + 729' } });
    fireEvent.keyDown(field(), { key: 'Enter' });
    await waitFor(() => expect(useChat.getState().path).toHaveLength(2));
    expect(sent()).toHaveLength(1);
    expect(draftOf(null)).toBe('');
  });

  it('does not send with Shift+Enter, nor while characters are being composed', () => {
    fireEvent.change(field(), { target: { value: 'ni hao' } });
    fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true });
    fireEvent.keyDown(field(), { key: 'Enter', isComposing: true });
    fireEvent.keyDown(field(), { key: 'Enter', keyCode: 229 });
    expect(sent()).toHaveLength(0);
  });

  it('does not send nothing', () => {
    fireEvent.change(field(), { target: { value: '  \n ' } });
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect(sent()).toHaveLength(0);
    expect(screen.getByRole('button', { name: 'Send' })).toHaveProperty('disabled', true);
  });

  it('keeps a long paste beside the field and sends it with the text', async () => {
    const long = 'x'.repeat(5_000_000);
    const paste = () => fireEvent.paste(field(), { clipboardData: { getData: () => long } });
    expect(await cpuMs(paste)).toBeLessThan(500);
    expect(draftOf(null)).toBe('');
    await waitFor(() => expect(draftFiles(null)[0]).toMatchObject({ attachment: { characters: 5_000_000 } }));
    expect(await screen.findByRole('button', { name: 'Remove Pasted text.txt' })).toBeTruthy();
    fireEvent.change(field(), { target: { value: 'Sum this up' } });
    fireEvent.keyDown(field(), { key: 'Enter' });
    await waitFor(() => expect(sent()).toHaveLength(1));
    expect(sent()[0]?.[1]).toMatchObject({
      text: 'Sum this up',
      attachments: [{ kind: 'document', name: 'Pasted text.txt' }],
    });
  });

  it('gives the text back when it could not be sent', async () => {
    vi.mocked(request).mockRejectedValueOnce({ code: 'database', message: 'locked' });
    fireEvent.change(field(), { target: { value: 'keep me' } });
    fireEvent.keyDown(field(), { key: 'Enter' });
    await waitFor(() => expect(draftOf(null)).toBe('keep me'));
  });

  describe('with a file on its way', () => {
    const arriving = () =>
      changeFiles(null, () => [{ id: 'f', kind: 'document', name: 'a.txt', attachment: null }]);
    const attachment = imageFile({ kind: 'document', mediaType: 'text/plain', name: 'a.txt' });
    const arrived = () =>
      changeFiles(null, (files) => files.map((file) => ({ ...file, attachment }) as DraftFile));
    const enter = (text: string) => {
      fireEvent.change(field(), { target: { value: text } });
      fireEvent.keyDown(field(), { key: 'Enter' });
    };

    it('waits for it', async () => {
      act(arriving);
      enter('Look at this');
      expect(sent()).toHaveLength(0);
      act(arrived);
      await waitFor(() => expect(sent()).toHaveLength(1));
      expect(sent()[0]?.[1]).toMatchObject({ text: 'Look at this', attachments: [{ name: 'a.txt' }] });
    });

    it('does not send without it where it is refused, nor by itself when a later one arrives', () => {
      act(arriving);
      enter('Look at this');
      act(() => changeFiles(null, () => []));
      expect(sent()).toHaveLength(0);
      act(arriving);
      act(arrived);
      expect(sent()).toHaveLength(0);
      expect(draftOf(null)).toBe('Look at this');
    });

    it('sends nothing of a conversation that is opened meanwhile', () => {
      setDraft('other', 'Not finished');
      act(arriving);
      enter('Look at this');
      act(() => useChat.setState({ conversationId: 'other' }));
      expect(sent()).toHaveLength(0);
      expect(draftOf('other')).toBe('Not finished');
    });
  });
});
