import { Lightbulb } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useChat } from '../../stores/chat';
import { useConversationModel } from '../../stores/model-choice';
import { useSettings } from '../../stores/settings';
import { setThinking } from '../../stores/turns';
import { useUi } from '../../stores/ui';
import { Tooltip } from '../../ui/tooltip';
import { keysOf } from '../shortcuts/registry';

/** Whether the conversation in view thinks before it answers. */
export function useThinking(): boolean {
  const begun = useChat((state) => state.conversationId !== null);
  const own = useChat((state) => state.options.thinking);
  const chosenNew = useUi((state) => state.newThinking);
  const usual = useSettings((settings) => settings.thinking);
  return (begun ? own : chosenNew) ?? usual;
}

/** Left out for models that cannot reason. */
export function ThinkSwitch() {
  const { t } = useTranslation();
  const on = useThinking();
  const manifest = useConversationModel();
  const reasons = !manifest || manifest.reasoning !== undefined;
  if (!reasons) return null;
  return (
    <Tooltip
      label={on ? t('composer.thinkOn') : t('composer.thinkOff')}
      keys={keysOf('toggleThinking')}
      side="top"
    >
      <button
        type="button"
        aria-pressed={on}
        onClick={() => setThinking(!on)}
        className={`flex h-8 min-w-8 items-center gap-1.5 rounded-full border px-3 text-sm transition-colors duration-100 ${on ? 'border-transparent bg-tint text-accent' : 'border-line text-mute hover:bg-hover hover:text-text'}`}
      >
        <Lightbulb size={15} aria-hidden />
        <span className="truncate">{t('composer.think')}</span>
      </button>
    </Tooltip>
  );
}
