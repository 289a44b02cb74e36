import { useTranslation } from 'react-i18next';
import { type ChatState, useChat } from '../../stores/chat';
import { type DraftFile, filesIn, useDraftFiles } from '../../stores/draft-files';
import { currentManifest, useEngine } from '../../stores/engine';
import { openSettings } from '../../stores/ui';

const hasImage = (files: readonly DraftFile[]) => files.some(({ kind }) => kind === 'image');

const isInConversation = ({ path, tree }: ChatState) =>
  path.some((id) => {
    const message = tree.byId[id];
    return message?.role === 'user' && message.attachments.some(({ kind }) => kind === 'image');
  });

/** The name of the model in use where it would have to see images and cannot; else null. */
export function useBlindModel(conversationId: string | null): string | null {
  const drafted = useDraftFiles((state) => hasImage(filesIn(state, conversationId)));
  const sent = useChat(isInConversation);
  const manifest = useEngine(currentManifest);
  return (drafted || sent) && manifest && !manifest.modalities.includes('image') ? manifest.name : null;
}

/** Said before sending: an image is never left out in silence. */
export function ModalityNotice({ conversationId }: { readonly conversationId: string | null }) {
  const { t } = useTranslation();
  const blind = useBlindModel(conversationId);
  const drafted = useDraftFiles((state) => hasImage(filesIn(state, conversationId)));
  const others = useEngine((state) => state.models.some(({ modalities }) => modalities.includes('image')));
  if (blind === null) return null;
  return (
    <div
      role="status"
      className="mb-2 flex items-center gap-3 rounded-xl bg-warn-tint px-3.5 py-2 text-sm text-warn"
    >
      <span className="flex-1">
        {t(drafted ? 'attachments.blind' : 'attachments.blindConversation', { model: blind })}
        {!others && ` ${t('attachments.noneSees')}`}
      </span>
      <button
        type="button"
        onClick={() => openSettings('generation')}
        className="flex-none font-medium underline"
      >
        {t('attachments.chooseModel')}
      </button>
    </div>
  );
}
