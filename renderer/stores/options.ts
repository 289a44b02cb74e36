import type { ConversationOptions } from '../../electron/contract/conversations';
import { useChat } from './chat';
import { changeConversation } from './conversations';

/** What the conversation in view sets for itself. */
export function changeOptions(options: ConversationOptions): void {
  const { conversationId } = useChat.getState();
  useChat.setState({ options });
  // One that has not begun takes them along when it does.
  if (conversationId === null) return;
  void changeConversation(conversationId, { options });
}
