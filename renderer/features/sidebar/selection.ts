import { useChat } from '../../stores/chat';
import { deleteConversations } from '../../stores/conversations';
import { useUi } from '../../stores/ui';

/** Ids as the sidebar shows them, and the one a range begins at. */
let order: readonly string[] = [];
let anchor: string | null = null;

export function setSelectionOrder(ids: readonly string[]): void {
  order = ids;
}

export function toggleSelected(id: string): void {
  anchor = id;
  useUi.setState(({ selection }) => {
    const next = new Set(selection);
    if (next.has(id)) next.delete(id);
    else next.add(id);
    // Taking the last one away ends the selection.
    return { selection: next.size > 0 ? next : null };
  });
}

/** Everything from the one selected last, else the one in view, to this one. */
export function selectTo(id: string): void {
  const from = order.indexOf(anchor ?? useChat.getState().conversationId ?? id);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) {
    toggleSelected(id);
    return;
  }
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  useUi.setState(({ selection }) => ({ selection: new Set([...(selection ?? []), ...range]) }));
}

export function selectAll(): void {
  if (order.length > 0) useUi.setState({ selection: new Set(order) });
}

export function endSelection(): void {
  anchor = null;
  useUi.setState({ selection: null });
}

/** The selected ones; the selection ends with what is done to them. */
export function takeSelection(): readonly string[] {
  const ids = [...(useUi.getState().selection ?? [])];
  endSelection();
  return ids;
}

/** Into the bin. */
export function removeConversations(ids: readonly string[]): void {
  if (useUi.getState().selection !== null) endSelection();
  void deleteConversations(ids);
}
