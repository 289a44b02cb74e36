import type { KeyboardEvent } from 'react';
import { useSettings } from '../../stores/settings';

/** Whether this key press sends. Enter while characters are being composed (Chinese, Japanese, Korean) chooses among them. */
export function isSendKey(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || event.shiftKey || event.altKey) return false;
  // Some input methods report the Enter that ends a composition only by this key code.
  if (event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229) return false;
  const withModifier = event.ctrlKey || event.metaKey;
  return useSettings.getState().sendKey === 'enter' ? true : withModifier;
}
