import i18next from 'i18next';
import { assertNever } from '../../../electron/contract/errors';
import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';
import { newConversation, openConversation, useChat } from '../../stores/chat';
import { changeConversation, deleteConversations, useConversations } from '../../stores/conversations';
import { createFolder } from '../../stores/folders';
import { archiveConversations, duplicateConversation, openLibrary } from '../../stores/library';
import { openGetModel, openModels } from '../../stores/models';
import { setReasoningOpen, useReasoning } from '../../stores/reasoning';
import { updateSettings, useSettings } from '../../stores/settings';
import { useShell } from '../../stores/shell';
import { showError, showToast } from '../../stores/toasts';
import {
  canContinue,
  continueAnswer,
  regenerate,
  runningTurn,
  setThinking,
  stop,
  thinkingNow,
} from '../../stores/turns';
import { openSettings, useUi } from '../../stores/ui';
import { addCapture, canCapture, pickFiles } from '../attachments/add';
import { focusComposer } from '../composer/focus';
import { quoteSelection, selectedText } from '../conversation/quote';
import { copyConversation } from '../conversation/share';
import { showSidebar, toggleSidebar } from '../sidebar/toggle';
import { exportConversations } from '../transfer/export';
import { chooseImport } from '../transfer/import';
import { toggleHandsFree, useHandsFree } from '../voice/hands-free';
import { canRead, toggleReading } from '../voice/read-aloud';
import { toggleTalk } from '../voice/voice';
import type { ActionName } from './registry';

function lastAnswer() {
  const { path, tree } = useChat.getState();
  const message = tree.byId[path.at(-1) ?? ''];
  return message?.role === 'assistant' ? message : undefined;
}

function step(offset: 1 | -1): void {
  const list = (useConversations.getState().list ?? []).filter(({ archived }) => !archived);
  const index = list.findIndex(({ id }) => id === useChat.getState().conversationId);
  const next = list[index < 0 ? 0 : index + offset];
  if (next) void openConversation(next.id);
}

function resize(by: 1 | -1): void {
  const fontSize = Math.min(22, Math.max(12, useSettings.getState().fontSize + by));
  void updateSettings({ fontSize });
}

/** Whether it makes sense now; the palette leaves out what does not. */
export function canRun(name: ActionName): boolean {
  const { conversationId } = useChat.getState();
  switch (name) {
    case 'quickAsk':
      return useShell.getState().shell !== null;
    case 'readAloud':
      return canRead && Boolean(lastAnswer()?.text);
    case 'stop':
      return runningTurn() !== undefined;
    case 'regenerate':
      return lastAnswer() !== undefined && !runningTurn();
    case 'copyLast':
      return Boolean(lastAnswer()?.text);
    case 'toggleReasoning':
      return Boolean(lastAnswer()?.reasoning);
    case 'continueAnswer':
      return canContinue(lastAnswer()) && !runningTurn();
    case 'capture':
      return canCapture();
    case 'quote':
      return selectedText() !== '';
    case 'exportAll':
      return Boolean(useConversations.getState().list?.length);
    case 'rename':
    case 'pin':
    case 'duplicate':
    case 'archive':
    case 'remove':
    case 'copyConversation':
    case 'exportMarkdown':
    case 'exportHtml':
    case 'exportJson':
      return conversationId !== null;
    default:
      return true;
  }
}

export function runAction(name: ActionName): void {
  const { conversationId: id } = useChat.getState();
  switch (name) {
    case 'newChat':
      newConversation();
      focusComposer();
      return;
    case 'palette':
      useUi.setState(({ paletteOpen }) => ({ paletteOpen: !paletteOpen }));
      return;
    case 'settings':
      openSettings();
      return;
    case 'quickAsk':
      void bridge()
        .request('shell.showQuickAsk')
        .catch((error: unknown) => showError(errorInfo(error)));
      return;
    case 'shortcuts':
      openSettings('shortcuts');
      return;
    case 'about':
      openSettings('about');
      return;
    case 'toggleSidebar':
      toggleSidebar();
      return;
    case 'details':
      useUi.setState(({ detailsOpen }) => ({ detailsOpen: !detailsOpen }));
      return;
    case 'focusComposer':
      focusComposer();
      return;
    case 'toggleThinking':
      setThinking(!thinkingNow());
      return;
    case 'toggleReasoning': {
      const answer = lastAnswer();
      if (!answer) return;
      const open =
        useReasoning.getState().open[answer.id] ?? useSettings.getState().reasoningView === 'always-open';
      setReasoningOpen(answer.id, !open);
      return;
    }
    case 'talk':
      if (useHandsFree.getState().phase === 'off') toggleTalk();
      return;
    case 'handsFree':
      toggleHandsFree();
      return;
    case 'readAloud': {
      const answer = lastAnswer();
      if (answer) toggleReading(answer.id, answer.text);
      return;
    }
    case 'stop':
      void stop();
      return;
    case 'regenerate': {
      const answer = lastAnswer();
      if (answer) void regenerate(answer.id);
      return;
    }
    case 'continueAnswer': {
      const answer = lastAnswer();
      if (answer) void continueAnswer(answer.id);
      return;
    }
    case 'copyLast': {
      const text = lastAnswer()?.text;
      if (text) void navigator.clipboard.writeText(text).then(() => showToast(i18next.t('common.copied')));
      return;
    }
    case 'quote':
      quoteSelection();
      return;
    case 'duplicate':
      if (id !== null) void duplicateConversation(id);
      return;
    case 'archive': {
      const summary = useConversations.getState().list?.find((item) => item.id === id);
      if (summary) void archiveConversations([summary.id], !summary.archived);
      return;
    }
    case 'newFolder':
      showSidebar();
      void createFolder();
      return;
    case 'openArchive':
      openLibrary('archive');
      return;
    case 'openBin':
      openLibrary('bin');
      return;
    case 'pickFiles':
      pickFiles(id);
      return;
    case 'capture':
      void addCapture(id);
      return;
    case 'models':
      openModels();
      return;
    case 'getModel':
      openGetModel();
      return;
    case 'exportMarkdown':
      if (id !== null) void exportConversations([id], 'md');
      return;
    case 'exportHtml':
      if (id !== null) void exportConversations([id], 'html');
      return;
    case 'exportJson':
      if (id !== null) void exportConversations([id], 'json');
      return;
    case 'importConversations':
      chooseImport();
      return;
    case 'exportAll':
      void exportConversations(useConversations.getState().list?.map((item) => item.id) ?? [], 'json');
      return;
    case 'copyConversation':
      void copyConversation();
      return;
    case 'next':
      step(1);
      return;
    case 'previous':
      step(-1);
      return;
    case 'rename':
      useUi.setState({ renaming: `header:${id}` });
      return;
    case 'pin': {
      const summary = useConversations.getState().list?.find((item) => item.id === id);
      if (summary) void changeConversation(summary.id, { pinned: !summary.pinned });
      return;
    }
    case 'remove':
      if (id !== null) void deleteConversations([id]);
      return;
    case 'larger':
      resize(1);
      return;
    case 'smaller':
      resize(-1);
      return;
    case 'themeLight':
      void updateSettings({ theme: 'light' });
      return;
    case 'themeDark':
      void updateSettings({ theme: 'dark' });
      return;
    case 'themeSystem':
      void updateSettings({ theme: 'system' });
      return;
    case 'languageEn':
      void updateSettings({ language: 'en' });
      return;
    case 'languageZh':
      void updateSettings({ language: 'zh-CN' });
      return;
    case 'languageSystem':
      void updateSettings({ language: 'system' });
      return;
    default:
      assertNever(name);
  }
}
