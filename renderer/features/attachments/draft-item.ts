import type { DragEvent, KeyboardEvent } from 'react';
import type { Attachment } from '../../../electron/contract/conversations';
import { endDraftDrag, startDraftDrag } from './transfer';

/** A file on its way to another place in the row. */
const MOVED = 'application/x-autoglm-draft';

export interface DraftItemProps {
  readonly position: string;
  readonly onRemove: () => void;
  readonly onMove: (by: 1 | -1) => void;
  readonly onDropped: (id: string) => void;
}

interface Item {
  readonly id: string;
  readonly attachment: Attachment | null;
}

/** What moves a waiting file among the others, by pointer and by keys: `source` on its button, `target` around it. */
export function draftItem({ id, attachment }: Item, { onRemove, onMove, onDropped }: DraftItemProps) {
  return {
    source: {
      draggable: true,
      'aria-keyshortcuts': 'Alt+ArrowLeft Alt+ArrowRight Delete',
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === 'Delete' || event.key === 'Backspace') onRemove();
        else if (event.altKey && event.key === 'ArrowLeft') onMove(-1);
        else if (event.altKey && event.key === 'ArrowRight') onMove(1);
        else return;
        event.preventDefault();
      },
      onDragStart: (event: DragEvent) => {
        // To another window it goes as a copy of itself; here it only moves.
        startDraftDrag(event, attachment);
        event.dataTransfer.setData(MOVED, id);
      },
      onDragEnd: endDraftDrag,
    },
    target: {
      onDragOver: (event: DragEvent) => {
        if (event.dataTransfer.types.includes(MOVED)) event.preventDefault();
      },
      onDrop: (event: DragEvent) => {
        const moved = event.dataTransfer.getData(MOVED);
        if (!moved) return;
        event.preventDefault();
        onDropped(moved);
      },
    },
  };
}
