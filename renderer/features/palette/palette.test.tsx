// @vitest-environment happy-dom
import '../../i18n';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import i18next from 'i18next';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setBridge } from '../../bridge/bridge';
import { createMockBridge } from '../../bridge/mock';
import { newConversation, useChat } from '../../stores/chat';
import { loadConversations, useConversations } from '../../stores/conversations';
import { useUi } from '../../stores/ui';
import { TooltipProvider } from '../../ui/tooltip';
import Palette from './palette';

beforeEach(() => {
  setBridge(createMockBridge(new URLSearchParams('empty')));
  newConversation();
  useConversations.setState({ list: [] });
  useUi.setState({ settings: null, settingsRow: null, paletteOpen: true });
  // The list scrolls to what is chosen.
  Element.prototype.scrollIntoView = () => {};
});

afterEach(cleanup);

async function search(language: 'en' | 'zh-CN', query: string): Promise<readonly string[]> {
  await i18next.changeLanguage(language);
  render(
    <TooltipProvider>
      <Palette />
    </TooltipProvider>,
  );
  fireEvent.change(screen.getByRole('combobox'), { target: { value: query } });
  return screen.queryAllByRole('option').map(({ textContent }) => textContent ?? '');
}

describe('the palette', () => {
  it.each([
    ['en', 'mcp', 'Tools'],
    ['en', 'text size', 'Text size'],
    ['en', 'size text', 'Text size'],
    ['en', 'microphone', 'Microphone'],
    ['zh-CN', '温度', '温度'],
    ['zh-CN', 'theme dark', '深色主题'],
    ['zh-CN', 'import', '导入对话'],
    ['zh-CN', 'temperature', '温度'],
    ['zh-CN', '预设', '翻译'],
  ] as const)('in %s: “%s” finds %s', async (language, query, found) => {
    expect(await search(language, query)).toContainEqual(expect.stringMatching(new RegExp(`^${found}`)));
  });

  it('does not bring all of a kind for letters that stand in its name by chance', async () => {
    expect(await search('en', 'rese')).not.toContainEqual(expect.stringMatching(/Preset$/));
    cleanup();
    expect(await search('en', 'pres')).toContainEqual(expect.stringMatching(/Preset$/));
    cleanup();
    // Hands-free, in English.
    expect(await search('zh-CN', 're')).not.toContain('打开或关闭免按键对话');
  });

  it('finds nothing for words that do not stand together', async () => {
    expect(await search('en', 'text quixotic')).toEqual([]);
    expect(screen.getByText('Nothing found.')).toBeDefined();
  });

  it('offers the conversations last used, without the one in view', async () => {
    setBridge(createMockBridge(new URLSearchParams()));
    await loadConversations();
    const titles = (useConversations.getState().list ?? []).map(({ title }) => title);
    useChat.setState({ conversationId: useConversations.getState().list?.[0]?.id ?? null });
    expect((await search('en', '')).slice(0, 6)).toEqual(titles.slice(1, 7));
    cleanup();
    // Asked for by its name it is found all the same.
    expect(await search('en', titles[0] ?? '')).toContain(titles[0]);
  });

  it('opens the settings at the one that is chosen', async () => {
    await search('en', 'temperature');
    fireEvent.click(screen.getByRole('option', { name: /^Temperature/ }));
    await waitFor(() =>
      expect(useUi.getState()).toMatchObject({
        settings: 'generation',
        settingsRow: 'settings.temperature',
        paletteOpen: false,
      }),
    );
  });

  it('gives the conversation the preset that is chosen, and leaves what else it has', async () => {
    useChat.setState({ options: { thinking: false } });
    await search('en', 'preset translator');
    fireEvent.click(screen.getByRole('option', { name: /^Translator/ }));
    await waitFor(() =>
      expect(useChat.getState().options).toEqual({
        thinking: false,
        systemPrompt: i18next.t('presets.translator.prompt'),
      }),
    );
  });
});
