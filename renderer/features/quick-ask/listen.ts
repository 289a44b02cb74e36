import { matchesKeys } from '../shortcuts/keys';
import { allKeysOf } from '../shortcuts/registry';
import { canRun, runAction } from '../shortcuts/run';
import { leave } from './leave';

/** The few actions that make sense without the rest of the window. */
const usable = [
  'newChat',
  'focusComposer',
  'toggleThinking',
  'toggleReasoning',
  'regenerate',
  'copyLast',
] as const;

export function listenInQuickAsk(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === 'Escape') {
      // First whatever is open inside.
      if (document.querySelector('[role=dialog], [role=menu]')) return;
      leave();
      return;
    }
    for (const name of usable) {
      if (!allKeysOf(name).some((keys) => matchesKeys(event, keys))) continue;
      event.preventDefault();
      if (canRun(name)) runAction(name);
      return;
    }
  };
  addEventListener('keydown', onKeyDown);
  return () => removeEventListener('keydown', onKeyDown);
}
