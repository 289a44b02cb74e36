import { useRef } from 'react';

let fallback: () => void = () => {};

/** Where the keys go when the element that had them is gone. */
export function setFocusFallback(focus: () => void): void {
  fallback = focus;
}

export function focusFallback(): void {
  fallback();
}

interface DialogFocus {
  readonly onOpenAutoFocus: (event: Event) => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

/** The dialog itself: its first control is often its close button, which is wanted last. */
export function focusItself(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

/**
 * For a dialog's content: takes the keys when it opens, and gives them back when it closes. Radix gives them to the trigger alone, and
 * ours are opened by shortcuts, commands and menus too: the keys would go nowhere.
 */
export function useDialogFocus(onOpen?: (event: Event) => void): DialogFocus {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (event) => {
      before.current = document.activeElement;
      onOpen?.(event);
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault();
      const { activeElement, body } = document;
      // What was chosen in the dialog has moved them already.
      if (activeElement !== null && activeElement !== body) return;
      const element = before.current;
      if (element instanceof HTMLElement && element.isConnected && element !== body)
        element.focus({ preventScroll: true });
      else fallback();
    },
  };
}
