import { useUi } from '../../stores/ui';
import { endSelection } from '../sidebar/selection';
import { matchesKeys } from './keys';
import { actionNames, allKeysOf } from './registry';
import { canRun, runAction } from './run';

/** Runs actions by their keys. Escape belongs first to whatever is open: a menu, a dialog, a field being edited. */
export function listenForShortcuts(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === 'Escape') {
      if (document.querySelector('[role=dialog], [role=menu]')) return;
      if (useUi.getState().selection) endSelection();
      else if (canRun('stop')) runAction('stop');
      return;
    }
    for (const name of actionNames) {
      if (!allKeysOf(name).some((keys) => matchesKeys(event, keys))) continue;
      // Over a dialog only what opens or closes one makes sense.
      const over = useUi.getState().settings !== null;
      if (over && !['palette', 'settings', 'shortcuts', 'larger', 'smaller'].includes(name)) return;
      event.preventDefault();
      if (canRun(name)) runAction(name);
      return;
    }
  };
  addEventListener('keydown', onKeyDown);
  return () => removeEventListener('keydown', onKeyDown);
}
