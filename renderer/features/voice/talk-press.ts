import type { KeyboardEvent, MouseEvent, PointerEvent } from 'react';
import { pressTalk, releaseTalk, toggleTalk } from './voice';

/** What makes a button one to hold and speak: by pointer, by key, and by assistive technology, which only clicks. */
export const talkPress = {
  onPointerDown(event: PointerEvent<HTMLButtonElement>) {
    if (event.button !== 0) return;
    // Letting go counts wherever the pointer has gone meanwhile.
    event.currentTarget.setPointerCapture(event.pointerId);
    pressTalk();
  },
  onPointerUp: releaseTalk,
  onPointerCancel: releaseTalk,
  onKeyDown(event: KeyboardEvent) {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!event.repeat) pressTalk();
  },
  onKeyUp(event: KeyboardEvent) {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    releaseTalk();
  },
  onClick(event: MouseEvent) {
    // Pointers and keys have been dealt with.
    if (event.detail === 0) toggleTalk();
  },
  onContextMenu: (event: MouseEvent) => event.preventDefault(),
};
