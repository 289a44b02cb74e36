import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { siblingsOf } from '../../lib/tree';
import { selectBranch, useChat } from '../../stores/chat';
import { useRunning } from '../../stores/live';
import { IconButton } from '../../ui/icon-button';

/** The version that was asked for and the button that did: its own switcher takes the keys from the one that goes. */
let asked: { readonly id: string; readonly button: 0 | 1 } | null = null;

/** ‹ 2/3 › between the versions of a message; nothing where there is only one. */
export function BranchSwitcher({ messageId }: { readonly messageId: string }) {
  const { t } = useTranslation();
  const siblings = useChat((state) => siblingsOf(state.tree, messageId));
  const busy = useRunning((state) => (useChat.getState().conversationId ?? '') in state.byConversation);
  const buttons = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (asked?.id !== messageId) return;
    const both = [...(buttons.current?.querySelectorAll('button') ?? [])];
    const same = both[asked.button];
    (same?.disabled ? both.find(({ disabled }) => !disabled) : same)?.focus({ preventScroll: true });
    asked = null;
  }, [messageId]);
  if (siblings.length < 2) return null;
  const index = siblings.indexOf(messageId);
  const go = (button: 0 | 1) => {
    const id = siblings[button === 0 ? index - 1 : index + 1];
    if (id === undefined) return;
    asked = { id, button };
    void selectBranch(id);
  };
  return (
    <fieldset
      ref={buttons}
      aria-label={t('message.branch', { index: index + 1, count: siblings.length })}
      className="flex items-center text-xs text-faint"
    >
      <IconButton
        size="sm"
        label={t('message.previousBranch')}
        disabled={busy || index === 0}
        onClick={() => go(0)}
        className="w-6! text-faint"
      >
        <ChevronLeft size={15} aria-hidden className="rtl:-scale-x-100" />
      </IconButton>
      <span className="tabular min-w-6 text-center">
        {index + 1}/{siblings.length}
      </span>
      <IconButton
        size="sm"
        label={t('message.nextBranch')}
        disabled={busy || index === siblings.length - 1}
        onClick={() => go(1)}
        className="w-6! text-faint"
      >
        <ChevronRight size={15} aria-hidden className="rtl:-scale-x-100" />
      </IconButton>
    </fieldset>
  );
}
