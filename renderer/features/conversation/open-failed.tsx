import { useTranslation } from 'react-i18next';
import { fetchConversation, newConversation, useChat } from '../../stores/chat';
import { Button } from '../../ui/button';
import { useErrorText } from '../engine/use-error-text';

export function OpenFailed() {
  const { t } = useTranslation();
  const error = useChat((state) => state.error);
  const id = useChat((state) => state.conversationId);
  const { text } = useErrorText(error);
  return (
    <div role="alert" className="flex flex-1 flex-col items-center justify-center gap-2 p-6 text-center">
      <p className="font-medium">{t('conversation.openFailed')}</p>
      <p className="max-w-[48ch] text-sm text-mute">{text}</p>
      <div className="mt-2 flex gap-2">
        <Button onClick={() => id && void fetchConversation(id)}>{t('common.retry')}</Button>
        <Button look="quiet" onClick={newConversation}>
          {t('sidebar.newChat')}
        </Button>
      </div>
    </div>
  );
}
