import { CircleAlert, CircleSlash } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { AssistantMessage } from '../../../electron/contract/conversations';
import { newConversation } from '../../stores/chat';
import { canContinue, continueAnswer } from '../../stores/turns';
import { openSettings } from '../../stores/ui';
import { Button } from '../../ui/button';
import { useErrorText } from '../engine/use-error-text';

/** What is to be said of an answer that did not simply end: failed with one action, stopped, or cut at its longest length. */
export function AnswerNotice({ message }: { readonly message: AssistantMessage }) {
  const { t } = useTranslation();
  if (message.state === 'failed') return <Failed message={message} />;
  const note =
    message.state === 'stopped'
      ? t('conversation.stopped')
      : message.finishReason === 'length'
        ? t('conversation.cut')
        : message.state === 'done' && message.text === ''
          ? t('conversation.empty')
          : null;
  if (!note) return null;
  return (
    <div className="flex items-center gap-2 text-sm text-mute">
      <CircleSlash size={15} aria-hidden />
      <span>{note}</span>
      {canContinue(message) && (
        <Button
          size="sm"
          look="quiet"
          className="text-accent!"
          onClick={() => void continueAnswer(message.id)}
        >
          {t('message.continue')}
        </Button>
      )}
    </div>
  );
}

function Failed({ message }: { readonly message: AssistantMessage }) {
  const { t } = useTranslation();
  const { title, text } = useErrorText(message.error);
  return (
    <div role="alert" className="flex items-start gap-3 rounded-xl bg-danger-tint px-3.5 py-3 text-sm">
      <CircleAlert size={18} className="mt-px text-danger" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-danger">{title}</p>
        <p className="wrap-anywhere">{text}</p>
      </div>
      <Action message={message} label={t('common.retry')} />
    </div>
  );
}

/** One action: the one that can help. */
function Action({ message, label }: { readonly message: AssistantMessage; readonly label: string }) {
  const { t } = useTranslation();
  const code = message.error?.code;
  if (code === 'context-exceeded') {
    return <Button onClick={newConversation}>{t('sidebar.newChat')}</Button>;
  }
  if (code === 'model-not-found' || code === 'model-unsupported' || code === 'provider-unavailable') {
    return <Button onClick={() => openSettings('generation')}>{t('sidebar.settings')}</Button>;
  }
  return <Button onClick={() => void continueAnswer(message.id)}>{label}</Button>;
}
