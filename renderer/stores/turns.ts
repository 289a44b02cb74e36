import i18next from 'i18next';
import type {
  AssistantMessage,
  Attachment,
  Conversation,
  StartedTurn,
  StartTurn,
} from '../../electron/contract/conversations';
import { bridge } from '../bridge/bridge';
import { expectSpokenAnswer } from '../features/voice/read-aloud';
import { errorInfo } from '../lib/errors';
import { showConversation, takeUpTurn, useChat } from './chat';
import { changeConversation } from './conversations';
import { carryOver } from './draft-files';
import { draftOf, NEW, setDraft } from './drafts';
import { useRunning } from './live';
import { beginPlace } from './place';
import { useSettings } from './settings';
import { showError, showToast } from './toasts';
import { useUi } from './ui';

/** Whether the conversation in view thinks before it answers. */
export function thinkingNow(): boolean {
  const { conversationId, options } = useChat.getState();
  const chosen = conversationId === null ? useUi.getState().newThinking : options.thinking;
  return chosen ?? useSettings.getState().thinking;
}

export function setThinking(thinking: boolean): void {
  const { conversationId, options } = useChat.getState();
  if (conversationId === null) {
    useUi.setState({ newThinking: thinking });
    return;
  }
  const next = { ...options, thinking };
  useChat.setState({ options: next });
  void changeConversation(conversationId, { options: next });
}

export function runningTurn(): { readonly turnId: string; readonly messageId: string } | undefined {
  const { conversationId } = useChat.getState();
  return conversationId === null ? undefined : useRunning.getState().byConversation[conversationId];
}

/** What was asked for and has not begun, by conversation. */
const starting = new Map<string, Promise<StartedTurn | null>>();

/** Resolves when all that was asked for has begun, or could not. */
export async function whenStarted(): Promise<void> {
  await Promise.all(starting.values());
}

/** Whether an answer is on its way to the conversation in view: a second press would ask for the same twice. */
function isBusy(): boolean {
  return runningTurn() !== undefined || starting.has(useChat.getState().conversationId ?? NEW);
}

/** Null where it did not begin; the user has been told why. */
async function start(turn: StartTurn): Promise<StartedTurn | null> {
  const key = turn.conversationId ?? NEW;
  const asked = ask(turn);
  starting.set(key, asked);
  const started = await asked;
  starting.delete(key);
  return started;
}

async function ask(turn: StartTurn): Promise<StartedTurn | null> {
  try {
    const started = await bridge().request('turns.start', turn);
    if (turn.kind === 'send' && turn.attachments.some(({ kind }) => kind === 'audio')) {
      for (const { id, role } of started.messages) if (role === 'assistant') expectSpokenAnswer(id);
    }
    if (turn.conversationId === null) moveDraft(started.conversationId);
    takeUpTurn(turn.conversationId, started);
    return started;
  } catch (error) {
    showError(errorInfo(error));
    return null;
  }
}

/** What was typed and added while the first message was on its way goes on in its conversation. */
function moveDraft(conversationId: string): void {
  beginPlace(conversationId);
  carryOver(conversationId);
  const typed = draftOf(null);
  if (typed === '') return;
  setDraft(null, '');
  setDraft(conversationId, typed);
}

/** False where it was not sent; the text is then back in the draft. */
export async function send(text: string, attachments: readonly Attachment[] = []): Promise<boolean> {
  if (isBusy() || (text.trim() === '' && attachments.length === 0)) return false;
  const { conversationId, leafId, options } = useChat.getState();
  const thinking = thinkingNow();
  setDraft(conversationId, '');
  const started = await start({
    kind: 'send',
    conversationId,
    parentId: followed(leafId),
    text,
    attachments,
    thinking,
    ...(conversationId === null && Object.keys(options).length > 0 && { options }),
  });
  if (!started) {
    // What was typed meanwhile stays; what could not be sent comes back in front of it.
    const typed = draftOf(conversationId);
    setDraft(conversationId, typed ? `${text}\n${typed}` : text);
    return false;
  }
  if (conversationId === null) {
    const chosen = useUi.getState().newThinking;
    useUi.setState({ newThinking: null });
    if (chosen !== null && chosen !== useSettings.getState().thinking) {
      const { conversationId: id } = started;
      const kept = { ...options, thinking: chosen };
      // Another may have been opened meanwhile.
      if (useChat.getState().conversationId === id) useChat.setState({ options: kept });
      void changeConversation(id, { options: kept });
    }
  }
  return true;
}

/** What a new message follows: beside a question whose answer was deleted, not after it. */
function followed(leafId: string | null): string | null {
  const leaf = leafId === null ? undefined : useChat.getState().tree.byId[leafId];
  return leaf?.role === 'user' ? leaf.parentId : leafId;
}

/** The edited text becomes a branch beside the original. */
export async function resend(messageId: string, text: string): Promise<void> {
  const { conversationId, tree } = useChat.getState();
  const original = tree.byId[messageId];
  if (!conversationId || original?.role !== 'user' || isBusy()) return;
  if (text.trim() === '' && original.attachments.length === 0) return;
  const started = await start({
    kind: 'send',
    conversationId,
    parentId: original.parentId,
    text,
    attachments: original.attachments,
    thinking: thinkingNow(),
  });
  if (started) useChat.setState({ editingId: null });
}

export async function regenerate(messageId: string, thinking?: boolean): Promise<void> {
  const { conversationId } = useChat.getState();
  if (!conversationId || isBusy()) return;
  await start({ kind: 'regenerate', conversationId, messageId, thinking: thinking ?? thinkingNow() });
}

/** Stopped, or cut at its longest length: there is more to come. */
export function canContinue(answer: AssistantMessage | undefined): boolean {
  return answer?.state === 'stopped' || answer?.finishReason === 'length';
}

export async function continueAnswer(messageId: string): Promise<void> {
  const { conversationId } = useChat.getState();
  if (!conversationId || isBusy()) return;
  await start({ kind: 'continue', conversationId, messageId });
}

export async function stop(): Promise<void> {
  const running = runningTurn();
  if (!running) return;
  try {
    await bridge().request('turns.stop', running.turnId);
  } catch (error) {
    showError(errorInfo(error));
  }
}

/** With everything that follows it; the toast brings it back. */
export async function deleteMessage(messageId: string): Promise<void> {
  const { conversationId } = useChat.getState();
  if (!conversationId || isBusy()) return;
  try {
    const { conversation, messageIds } = await bridge().request('messages.delete', conversationId, messageId);
    showIfInView(conversation);
    showToast(i18next.t('message.deleted', { count: messageIds.length }), {
      label: i18next.t('common.undo'),
      run: () => void restoreMessages(conversationId, messageIds),
    });
  } catch (error) {
    showError(errorInfo(error));
  }
}

async function restoreMessages(conversationId: string, messageIds: readonly string[]): Promise<void> {
  try {
    showIfInView(await bridge().request('messages.restore', conversationId, messageIds));
  } catch (error) {
    showError(errorInfo(error));
  }
}

function showIfInView(conversation: Conversation): void {
  if (useChat.getState().conversationId === conversation.id) showConversation(conversation);
}
