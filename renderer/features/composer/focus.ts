import type { RefObject } from 'react';

let field: RefObject<HTMLTextAreaElement | null> | null = null;

export function registerComposer(ref: RefObject<HTMLTextAreaElement | null>): () => void {
  field = ref;
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
