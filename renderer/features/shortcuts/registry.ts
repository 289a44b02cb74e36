import { type ActionName, type actions, keysFor } from '../../../electron/contract/shortcuts';
import { useSettings } from '../../stores/settings';

export { type ActionName, actionNames } from '../../../electron/contract/shortcuts';

type ActionWithKeys = {
  [K in ActionName]: (typeof actions)[K] extends { keys: string } ? K : never;
}[ActionName];

/** What to show beside the action's button; undefined where the user took its shortcut away. */
export function keysOf(name: ActionWithKeys): string | undefined {
  return allKeysOf(name)[0];
}

/** The first for display. */
export function allKeysOf(name: ActionName): readonly string[] {
  return keysFor(name, useSettings.getState().shortcuts);
}
