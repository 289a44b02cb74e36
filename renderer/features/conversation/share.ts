import i18next from 'i18next';
import { errorInfo } from '../../lib/errors';
import { useChat } from '../../stores/chat';
import { useConversations } from '../../stores/conversations';
import { showError, showToast } from '../../stores/toasts';
import { conversationToMarkdown } from '../transfer/markdown';

/** The branch in view. */
export async function copyConversation(): Promise<void> {
  const { conversationId, path, tree } = useChat.getState();
  const title = useConversations.getState().list?.find(({ id }) => id === conversationId)?.title;
  const messages = path.flatMap((id) => tree.byId[id] ?? []);
  try {
    await navigator.clipboard.writeText(
      conversationToMarkdown(title || i18next.t('header.untitled'), messages),
    );
    showToast(i18next.t('header.conversationCopied'));
  } catch (error) {
    showError(errorInfo(error));
  }
}
