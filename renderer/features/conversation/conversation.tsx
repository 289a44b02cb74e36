import { useTranslation } from 'react-i18next';
import { useChat } from '../../stores/chat';
import { AttachmentLayers } from '../attachments/layers';
import { Composer } from '../composer/composer';
import { EmptyState } from './empty-state';
import { Header } from './header';
import { LiveRegion } from './live-region';
import { MessageList } from './message-list';
import { OpenFailed } from './open-failed';

/** Header, messages and composer of the conversation in view. */
export function ConversationView() {
  const { t } = useTranslation();
  const conversationId = useChat((state) => state.conversationId);
  const status = useChat((state) => state.status);
  const begun = useChat((state) => state.path.length > 0);
  return (
    <main className="relative flex min-h-0 min-w-0 flex-1 flex-col" aria-label={t('conversation.label')}>
      <Header />
      {status === 'failed' && <OpenFailed />}
      {status === 'loading' && (
        <div className="flex-1" role="status" aria-label={t('conversation.loading')} />
      )}
      {/* Keyed, so that each conversation opens with its own scroll position and measurements. */}
      {status === 'ready' && (begun ? <MessageList key={conversationId} /> : <EmptyState />)}
      <Composer />
      <AttachmentLayers />
      <LiveRegion />
    </main>
  );
}
