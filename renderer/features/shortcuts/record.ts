import {
  type ActionName,
  actionNames,
  actionOf,
  type ChosenKeys,
  KEYS_PATTERN,
  keysFor,
} from '../../../electron/contract/shortcuts';
import { isMac, physicalKey } from './keys';

export type Recorded =
  /** Only modifiers so far. */
  | { readonly kind: 'more' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'none' }
  | { readonly kind: 'keys'; readonly keys: string }
  | {
      readonly kind: 'refused';
      readonly reason: 'needsModifier' | 'reserved' | 'unknown';
      readonly keys: string;
    };

/** Text fields and systems use these whatever a page says. */
const reserved = new Set(
  [
    ...[
      'a',
      'c',
      'v',
      'x',
      'y',
      'z',
      'shift+z',
      'shift+v',
      'q',
      'w',
      'h',
      'm',
      'tab',
      'enter',
      'backspace',
      'delete',
    ],
    ...['arrowleft', 'arrowright', 'arrowup', 'arrowdown', 'home', 'end', 'r', 'shift+i', 'alt+i'],
  ]
    .map((keys) => `mod+${keys}`)
    .concat(['alt+f4', 'alt+tab', 'alt+arrowleft', 'alt+arrowright']),
);

const modifierKeys = new Set([
  'Control',
  'Meta',
  'Shift',
  'Alt',
  'AltGraph',
  'CapsLock',
  'Fn',
  'OS',
  'Dead',
  'Process',
]);

/** What a key pressed while a shortcut is recorded means. */
export function record(event: KeyboardEvent, mac = isMac): Recorded {
  if (modifierKeys.has(event.key)) return { kind: 'more' };
  const modifiers = [
    (mac ? event.metaKey : event.ctrlKey) && 'mod',
    (mac ? event.ctrlKey : event.metaKey) && 'ctrl',
    event.altKey && 'alt',
    event.shiftKey && 'shift',
  ].filter((modifier) => modifier !== false);
  const key = keyName(event);
  if (modifiers.length === 0) {
    if (key === 'escape') return { kind: 'cancel' };
    if (key === 'backspace' || key === 'delete') return { kind: 'none' };
  }
  const keys = [...modifiers, key].join('+');
  if (!KEYS_PATTERN.test(keys) || key === 'escape') return { kind: 'refused', reason: 'unknown', keys };
  const strong = modifiers.some((modifier) => modifier !== 'shift');
  if (!strong && !/^f\d/.test(key)) return { kind: 'refused', reason: 'needsModifier', keys };
  if (reserved.has(keys)) return { kind: 'refused', reason: 'reserved', keys };
  return { kind: 'keys', keys };
}

/** By the physical key where that is a letter, digit or sign: Alt and Shift change what `key` says. */
function keyName(event: KeyboardEvent): string {
  if (event.key === ' ') return 'space';
  const typed = event.key.toLowerCase();
  // A letter of the user's own layout (AZERTY, Dvorak) counts before the place where a US keyboard has it.
  if (/^[a-z]$/.test(typed)) return typed;
  return event.code ? physicalKey(event.code) : typed;
}

/** The other action that has these keys now. */
export function ownerOf(keys: string, except: ActionName, chosen: ChosenKeys): ActionName | undefined {
  return actionNames.find((name) => name !== except && keysFor(name, chosen).includes(keys));
}

/** `keys` null gives the action its defaults back. What it takes from another action is taken away there. */
export function rebind(chosen: ChosenKeys, name: ActionName, keys: string | null): Record<string, string> {
  const next: Record<string, string> = { ...chosen };
  if (keys === null) delete next[name];
  else next[name] = keys;
  for (const own of keysFor(name, next)) {
    const other = ownerOf(own, name, next);
    if (!other || actionOf(other).fixed) continue;
    // Of two shortcuts it keeps the one that is still its own.
    next[other] = keysFor(other, next).find((candidate) => candidate !== own) ?? '';
  }
  return next;
}
