import { useTranslation } from 'react-i18next';
import { newConversation, useChat } from '../../stores/chat';

interface Props {
  readonly over: number;
  readonly near: boolean;
}

/** Said before sending, because nothing is ever cut in silence. */
export function ContextNotice({ over, near }: Props) {
  const { t } = useTranslation();
  const begun = useChat((state) => state.path.length > 0);
  if (over === 0 && !near) return null;
  return (
    <div
      role="status"
      className={`mb-2 flex items-center gap-3 rounded-xl px-3.5 py-2 text-sm ${over > 0 ? 'bg-danger-tint text-danger' : 'bg-warn-tint text-warn'}`}
    >
      <span className="flex-1">
        {over > 0 ? t('composer.contextOver', { count: over }) : t('composer.contextNear')}
      </span>
      {begun && (
        <button type="button" onClick={newConversation} className="flex-none font-medium underline">
          {t('sidebar.newChat')}
        </button>
      )}
    </div>
  );
}
