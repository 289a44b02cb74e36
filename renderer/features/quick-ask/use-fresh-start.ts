import { useEffect } from 'react';
import { newConversation } from '../../stores/chat';
import { runningTurn } from '../../stores/turns';
import { focusComposer } from '../composer/focus';

/** Who comes back sooner wants to go on; who comes later has another question. */
const FORGET_AFTER_MS = 5 * 60_000;

/** Each time the window is shown one can type at once, after a while into a new conversation. */
export function useFreshStart(): void {
  useEffect(() => {
    let hiddenAt: number | null = null;
    const onVisibility = () => {
      if (document.visibilityState === 'hidden') {
        hiddenAt = Date.now();
        return;
      }
      if (hiddenAt !== null && Date.now() - hiddenAt > FORGET_AFTER_MS && !runningTurn()) newConversation();
      hiddenAt = null;
      focusComposer();
    };
    document.addEventListener('visibilitychange', onVisibility);
    addEventListener('focus', focusComposer);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      removeEventListener('focus', focusComposer);
    };
  }, []);
}
