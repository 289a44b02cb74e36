import { newConversation, useChat } from '../../stores/chat';
import { deleteConversations } from '../../stores/conversations';
import { useUi } from '../../stores/ui';

export function toggleSelected(id: string): void {
  useUi.setState(({ selection }) => {
    const next = new Set(selection);
    if (next.has(id)) next.delete(id);
    else next.add(id);
    // Taking the last one away ends the selection.
    return { selection: next.size > 0 ? next : null };
  });
}

export function endSelection(): void {
  useUi.setState({ selection: null });
}

export function deleteSelected(): void {
  const ids = [...(useUi.getState().selection ?? [])];
  endSelection();
  const { conversationId } = useChat.getState();
  if (conversationId !== null && ids.includes(conversationId)) newConversation();
  void deleteConversations(ids);
}
