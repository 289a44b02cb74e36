import type { DragEvent } from 'react';
import { moveConversations } from '../../stores/library';
import { useUi } from '../../stores/ui';

const TYPE = 'application/x-autoglm-conversations';

/** A row that belongs to the selection takes the whole selection along. */
export function startDrag(event: DragEvent, id: string, title: string): void {
  const { selection } = useUi.getState();
  const ids = selection?.has(id) ? [...selection] : [id];
  event.dataTransfer.setData(TYPE, JSON.stringify(ids));
  event.dataTransfer.setData('text/plain', title);
  event.dataTransfer.effectAllowed = 'copyMove';
}

export function dragsConversations(event: DragEvent): boolean {
  return event.dataTransfer.types.includes(TYPE);
}

export function dropInto(event: DragEvent, folderId: string | null): void {
  const ids = readIds(event.dataTransfer.getData(TYPE));
  if (ids.length === 0) return;
  event.preventDefault();
  useUi.setState({ selection: null });
  void moveConversations(ids, folderId);
}

/** Anybody can drag something of that name into the window. */
function readIds(text: string): readonly string[] {
  try {
    const ids: unknown = JSON.parse(text);
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
