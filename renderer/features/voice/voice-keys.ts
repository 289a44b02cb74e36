import { isQuickAsk } from '../quick-ask/route';
import { matchesKeys } from '../shortcuts/keys';
import { allKeysOf } from '../shortcuts/registry';
import { stopHandsFree, useHandsFree } from './hands-free';
import { stopReading } from './read-aloud';
import { cancelTalk, pressTalk, releaseTalk } from './voice';

/** What uses Space, or the keys of a shortcut that is let go, itself. */
const USES_KEYS = [
  'input',
  'textarea',
  'select',
  'button',
  'a[href]',
  'summary',
  'audio',
  'video',
  '[contenteditable]:not([contenteditable=false])',
  '[role=button]',
  '[role=slider]',
  '[role=switch]',
  '[role=checkbox]',
  '[role=option]',
  '[role=menuitem]',
  '[role=tab]',
  '[role=treeitem]',
].join();

/**
 * Talking with the keyboard: Space where nothing else wants it, and the shortcut; held, or pressed twice. Escape gives up what is
 * being said, then what is being read, then hands-free.
 */
export function listenForVoiceKeys(): () => void {
  /** What lets go of the key that is down. */
  let letGo: ((event: KeyboardEvent) => boolean) | null = null;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === 'Escape') {
      if (document.querySelector('[role=dialog], [role=menu]')) return;
      if (!cancelTalk() && !stopReading() && !stopHandsFree()) return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const down = talkKey(event);
    if (!down) return;
    // Also while it repeats: Space would scroll.
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat || letGo || useHandsFree.getState().phase !== 'off') return;
    letGo = down;
    pressTalk();
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if (!letGo?.(event)) return;
    letGo = null;
    event.preventDefault();
    releaseTalk();
  };
  // Keys let go in another window are not heard of.
  const onBlur = () => {
    if (!letGo) return;
    letGo = null;
    releaseTalk();
  };
  addEventListener('keydown', onKeyDown, { capture: true });
  addEventListener('keyup', onKeyUp, { capture: true });
  addEventListener('blur', onBlur);
  return () => {
    removeEventListener('keydown', onKeyDown, { capture: true });
    removeEventListener('keyup', onKeyUp, { capture: true });
    removeEventListener('blur', onBlur);
  };
}

/** How the key is let go, where it is one to talk with. */
function talkKey(event: KeyboardEvent): ((event: KeyboardEvent) => boolean) | null {
  if (document.querySelector('[role=dialog], [role=menu]')) return null;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
  const { target, code } = event;
  if (event.key === ' ' && plain && !isQuickAsk) {
    const used = target instanceof Element && target.closest(USES_KEYS) !== null;
    return used ? null : (up) => up.code === code;
  }
  if (!allKeysOf('talk').some((keys) => matchesKeys(event, keys))) return null;
  // A Mac says nothing of a key let go while Cmd is down, but of Cmd.
  return (up) => up.code === code || ['Control', 'Meta', 'Alt', 'Shift'].includes(up.key);
}
