import type { DragEvent } from 'react';
import { CONVERSATIONS, readIds } from '../../lib/drag-types';
import { moveConversations } from '../../stores/library';
import { useUi } from '../../stores/ui';

/** A row that belongs to the selection takes the whole selection along. */
export function startDrag(event: DragEvent, id: string, title: string): void {
  const { selection } = useUi.getState();
  const ids = selection?.has(id) ? [...selection] : [id];
  event.dataTransfer.setData(CONVERSATIONS, JSON.stringify(ids));
  event.dataTransfer.setData('text/plain', title);
  event.dataTransfer.effectAllowed = 'copyMove';
}

export function dragsConversations(event: DragEvent): boolean {
  return event.dataTransfer.types.includes(CONVERSATIONS);
}

export function dropInto(event: DragEvent, folderId: string | null): void {
  const ids = readIds(event.dataTransfer.getData(CONVERSATIONS));
  if (ids.length === 0) return;
  event.preventDefault();
  useUi.setState({ selection: null });
  void moveConversations(ids, folderId);
}
