/** How contract/shortcuts.ts writes a shortcut, as the system writes it and as a key press says it. */

export const isMac = /mac/i.test(navigator.platform);

const macSigns: Readonly<Record<string, string>> = { mod: '⌘', shift: '⇧', alt: '⌥', ctrl: '⌃' };
const otherNames: Readonly<Record<string, string>> = {
  mod: 'Ctrl',
  shift: 'Shift',
  alt: 'Alt',
  ctrl: 'Ctrl',
};
const keyNames: Readonly<Record<string, string>> = {
  escape: 'Esc',
  enter: '↵',
  arrowup: '↑',
  arrowdown: '↓',
  backspace: '⌫',
  arrowleft: '←',
  arrowright: '→',
  space: 'Space',
  tab: 'Tab',
  delete: 'Del',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
};

export function describeKeys(keys: string, mac = isMac): string {
  const parts = keys.split('+').map((part) => {
    const name = (mac ? macSigns : otherNames)[part] ?? keyNames[part];
    return name ?? (part.length === 1 || /^f\d+$/.test(part) ? part.toUpperCase() : part);
  });
  return parts.join(mac ? '' : ' ');
}

const ariaNames: Readonly<Record<string, string>> = {
  shift: 'Shift',
  alt: 'Alt',
  ctrl: 'Control',
  escape: 'Escape',
  enter: 'Enter',
  space: 'Space',
  tab: 'Tab',
  backspace: 'Backspace',
  delete: 'Delete',
  home: 'Home',
  end: 'End',
  pageup: 'PageUp',
  pagedown: 'PageDown',
  arrowup: 'ArrowUp',
  arrowdown: 'ArrowDown',
  arrowleft: 'ArrowLeft',
  arrowright: 'ArrowRight',
};

/** As `aria-keyshortcuts` has it: `Control+Shift+O`. */
export function ariaKeys(keys: string | undefined, mac = isMac): string | undefined {
  return keys
    ?.split('+')
    .map((part) => {
      if (part === 'mod') return mac ? 'Meta' : 'Control';
      return ariaNames[part] ?? (/^(?:[a-z]|f\d+)$/.test(part) ? part.toUpperCase() : part);
    })
    .join('+');
}

export function matchesKeys(event: KeyboardEvent, keys: string, mac = isMac): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1);
  const wants = (part: string) => parts.includes(part);
  const control = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  // Shift changes what `key` says for signs and digits, so the physical key counts as well.
  const typed = event.key.toLowerCase() === key || physicalKey(event.code) === key;
  return (
    typed &&
    control === wants('mod') &&
    other === wants('ctrl') &&
    event.shiftKey === wants('shift') &&
    event.altKey === wants('alt')
  );
}

export function physicalKey(code: string): string {
  const named: Readonly<Record<string, string>> = {
    Comma: ',',
    Period: '.',
    Slash: '/',
    Equal: '=',
    Minus: '-',
    BracketLeft: '[',
    BracketRight: ']',
    Semicolon: ';',
    Quote: "'",
    Backslash: '\\',
    Backquote: '`',
  };
  return named[code] ?? code.replace(/^(Key|Digit)/, '').toLowerCase();
}
