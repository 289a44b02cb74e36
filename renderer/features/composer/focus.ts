import type { RefObject } from 'react';
import { setFocusFallback } from '../../ui/dialog-focus';

let field: RefObject<HTMLTextAreaElement | null> | null = null;

export function registerComposer(ref: RefObject<HTMLTextAreaElement | null>): () => void {
  field = ref;
  setFocusFallback(focusUnlessTouched);
  return () => {
    if (field === ref) field = null;
  };
}

export function focusComposer(): void {
  const element = field?.current;
  if (!element) return;
  element.focus({ preventScroll: true });
  element.setSelectionRange(element.value.length, element.value.length);
}

/** On a touch screen it would raise the keyboard. */
export function focusUnlessTouched(): void {
  if (matchMedia('(pointer: fine)').matches) focusComposer();
}

let submit: (() => void) | null = null;

/** @returns what takes it back. */
export function registerSubmit(send: () => void): () => void {
  submit = send;
  return () => {
    if (submit === send) submit = null;
  };
}

/** As if the send button were pressed; resolves when it was. */
export async function submitComposer(): Promise<void> {
  // What was put into the draft just now reaches the composer first. Not with a frame: a window in the background draws none.
  await new Promise((resolve) => setTimeout(resolve, 0));
  submit?.();
}
