import type { KeyboardEvent } from 'react';
import type { VListHandle } from 'virtua';
import { setFolderOpen } from '../../stores/folders';
import { useUi } from '../../stores/ui';
import type { Entry } from './entries';
import { removeConversations, selectAll, toggleSelected } from './selection';

/**
 * The list by keyboard: up and down, Home and End; Space selects, Ctrl+A selects all; F2 renames, Delete deletes; left and right
 * fold a folder. Rows far away are not drawn, so the list is scrolled to them first.
 */
export function onListKey(
  event: KeyboardEvent<HTMLElement>,
  entries: readonly Entry[],
  list: VListHandle | null,
): void {
  const line = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-line]') : null;
  if (!line || line !== event.target) return;
  const { conversation, folder } = line.dataset;
  const key = conversation ?? `folder:${folder}`;
  const nav = event.currentTarget;
  const go = (from: number, step: 1 | -1) => {
    for (let index = from; index >= 0 && index < entries.length; index += step) {
      const entry = entries[index];
      if (entry?.kind !== 'conversation' && entry?.kind !== 'folder') continue;
      focusLine(nav, entry.key, () => list?.scrollToIndex(index, { align: 'nearest' }));
      return;
    }
  };
  const at = entries.findIndex((entry) => entry.key === key);
  const handled = () => {
    switch (event.key) {
      case 'ArrowDown':
        go(at + 1, 1);
        return true;
      case 'ArrowUp':
        go(at - 1, -1);
        return true;
      case 'Home':
        go(0, 1);
        return true;
      case 'End':
        go(entries.length - 1, -1);
        return true;
      case 'ArrowLeft':
      case 'ArrowRight':
        if (folder === undefined) return false;
        setFolderOpen(folder, (event.key === 'ArrowRight') === (document.dir !== 'rtl'));
        return true;
      case 'F2':
        useUi.setState({ renaming: key });
        return true;
      case ' ':
        if (conversation === undefined) return false;
        toggleSelected(conversation);
        return true;
      case 'a':
        if (!(event.ctrlKey || event.metaKey) || event.shiftKey) return false;
        selectAll();
        return true;
      case 'Delete': {
        if (conversation === undefined) return false;
        go(at + 1, 1);
        const { selection } = useUi.getState();
        removeConversations(selection?.has(conversation) ? [...selection] : [conversation]);
        return true;
      }
      default:
        return false;
    }
  };
  if (event.altKey || !handled()) return;
  event.preventDefault();
  event.stopPropagation();
}

/** Of the line that an element belongs to, as `Entry.key`. */
export function lineKey(element: Element): string | null {
  const line = element.parentElement?.closest('.group')?.querySelector<HTMLElement>('[data-line]');
  const { conversation, folder } = line?.dataset ?? {};
  return conversation ?? (folder === undefined ? null : `folder:${folder}`);
}

function findLine(within: ParentNode, key: string): HTMLElement | null {
  return within.querySelector<HTMLElement>(
    key.startsWith('folder:')
      ? `[data-folder="${CSS.escape(key.slice(7))}"]`
      : `[data-conversation="${CSS.escape(key)}"]`,
  );
}

/** After its name was edited in its place, unless the keys were given to something else. */
export function returnToLine(key: string): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) findLine(document, key)?.focus({ preventScroll: true });
  });
}

function focusLine(nav: HTMLElement, key: string, scroll: () => void): void {
  const find = () => findLine(nav, key);
  scroll();
  const line = find();
  if (line) line.focus({ preventScroll: true });
  // Drawn in the frames after the list has scrolled there.
  else setTimeout(() => find()?.focus({ preventScroll: true }), 80);
}
