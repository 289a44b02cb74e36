/** A shortcut as contract/shortcuts.ts writes it, the way Electron's menus and global shortcuts read it. */

const names: Readonly<Record<string, string>> = {
  mod: 'CmdOrCtrl',
  ctrl: 'Ctrl',
  alt: 'Alt',
  shift: 'Shift',
  arrowup: 'Up',
  arrowdown: 'Down',
  arrowleft: 'Left',
  arrowright: 'Right',
  pageup: 'PageUp',
  pagedown: 'PageDown',
};

export function toAccelerator(keys: string): string {
  return keys
    .split('+')
    .map((part) => names[part] ?? part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('+');
}
