import { Brain, Check, Copy, Ellipsis, RotateCcw, StepForward, Trash2, Zap } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { AssistantMessage } from '../../../electron/contract/conversations';
import { useCopy } from '../../lib/use-copy';
import { useRunning } from '../../stores/live';
import { useSettings } from '../../stores/settings';
import { continueAnswer, deleteMessage, regenerate } from '../../stores/turns';
import { IconButton } from '../../ui/icon-button';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu';
import { keysOf } from '../shortcuts/registry';
import { ReadButton } from '../voice/read-button';
import { BranchSwitcher } from './branch-switcher';
import { Statistics } from './statistics';

/** Under earlier answers, until the pointer or the keyboard comes near; where nothing can hover they are always there. */
const WAITING =
  'transition-opacity duration-100 group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100 [@media(hover:hover)]:opacity-0' as const;

interface Props {
  readonly message: AssistantMessage;
  readonly last: boolean;
}

export function AnswerActions({ message, last }: Props) {
  const { t } = useTranslation();
  const showStatistics = useSettings((settings) => settings.showStatistics);
  const busy = useRunning((state) => message.conversationId in state.byConversation);
  const [copied, copy] = useCopy();
  return (
    <div className={`-ms-1.5 flex min-h-7 flex-wrap items-center gap-1 text-faint ${last ? '' : '-mb-2'}`}>
      <BranchSwitcher messageId={message.id} />
      <div className={`flex items-center gap-1 ${last ? '' : WAITING}`}>
        {message.text !== '' && (
          <IconButton
            size="sm"
            className="text-faint"
            label={copied ? t('common.copied') : t('message.copy')}
            onClick={() => copy(message.text)}
          >
            {copied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
          </IconButton>
        )}
        {message.text !== '' && <ReadButton messageId={message.id} text={message.text} last={last} />}
        {!busy && (
          <IconButton
            size="sm"
            className="text-faint"
            label={t('message.regenerate')}
            keys={last ? keysOf('regenerate') : undefined}
            onClick={() => void regenerate(message.id)}
          >
            <RotateCcw size={15} aria-hidden />
          </IconButton>
        )}
        <Menu
          trigger={
            <IconButton size="sm" className="text-faint" label={t('common.more')}>
              <Ellipsis size={15} aria-hidden />
            </IconButton>
          }
        >
          <MenuItem
            icon={<Brain size={16} />}
            disabled={busy}
            onSelect={() => void regenerate(message.id, true)}
          >
            {t('message.regenerateThinking')}
          </MenuItem>
          <MenuItem
            icon={<Zap size={16} />}
            disabled={busy}
            onSelect={() => void regenerate(message.id, false)}
          >
            {t('message.regenerateDirect')}
          </MenuItem>
          {message.state !== 'done' && (
            <MenuItem
              icon={<StepForward size={16} />}
              disabled={busy}
              onSelect={() => void continueAnswer(message.id)}
            >
              {t('message.continue')}
            </MenuItem>
          )}
          {message.reasoning !== '' && (
            <MenuItem icon={<Copy size={16} />} onSelect={() => copy(message.reasoning)}>
              {t('message.copyReasoning')}
            </MenuItem>
          )}
          <MenuSeparator />
          <MenuItem
            danger
            icon={<Trash2 size={16} />}
            disabled={busy}
            onSelect={() => void deleteMessage(message.id)}
          >
            {t('message.delete')}
          </MenuItem>
        </Menu>
      </div>
      {showStatistics && message.stats && (
        <div className={last ? '' : WAITING}>
          <Statistics stats={message.stats} modelId={message.modelId} />
        </div>
      )}
    </div>
  );
}
