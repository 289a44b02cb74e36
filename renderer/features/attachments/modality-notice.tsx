import { useTranslation } from 'react-i18next';
import type { Attachment } from '../../../electron/contract/conversations';
import { type ChatState, useChat } from '../../stores/chat';
import { type DraftFile, filesIn, useDraftFiles } from '../../stores/draft-files';
import { useEngine } from '../../stores/engine';
import { useConversationModel } from '../../stores/model-choice';
import { openSettings } from '../../stores/ui';
import { Button } from '../../ui/button';
import { Notice } from '../composer/notice';

/** Documents are text, which every model reads. */
type Kind = Exclude<Attachment['kind'], 'document'>;

const kinds: readonly Kind[] = ['image', 'audio'];

/** A recording that was written down is for people; the model reads its words. */
const isMeant = (attachment: Attachment, kind: Kind) => attachment.kind === kind && !attachment.transcribed;

const isDrafted = (files: readonly DraftFile[], kind: Kind) =>
  files.some((file) => (file.kind === 'clip' ? isMeant(file.attachment, kind) : file.kind === kind));

const isInConversation = ({ path, tree }: ChatState, kind: Kind) =>
  path.some((id) => {
    const message = tree.byId[id];
    return message?.role === 'user' && message.attachments.some((attachment) => isMeant(attachment, kind));
  });

interface Missing {
  readonly kind: Kind;
  readonly model: string;
  readonly drafted: boolean;
}

function useMissing(conversationId: string | null): Missing | null {
  const manifest = useConversationModel();
  const drafted = useDraftFiles((state) =>
    present((kind) => isDrafted(filesIn(state, conversationId), kind)),
  );
  const sent = useChat((state) => present((kind) => isInConversation(state, kind)));
  const kind = kinds.find((name) => (drafted + sent).includes(name) && !manifest?.modalities.includes(name));
  return manifest && kind ? { kind, model: manifest.name, drafted: drafted.includes(kind) } : null;
}

/** As text, which compares by value. */
function present(has: (kind: Kind) => boolean): string {
  return kinds.filter(has).join();
}

/** The name of the model in use where it would have to see or hear and cannot; else null. */
export function useBlindModel(conversationId: string | null): string | null {
  return useMissing(conversationId)?.model ?? null;
}

/** Said before sending: an image or a recording is never left out in silence. */
export function ModalityNotice({ conversationId }: { readonly conversationId: string | null }) {
  const { t } = useTranslation();
  const missing = useMissing(conversationId);
  const models = useEngine((state) => state.models);
  if (missing === null) return null;
  const { kind, model, drafted } = missing;
  // A speech recogniser hears too, but answers nobody.
  const others = models.some(({ modalities }) => modalities.includes('text') && modalities.includes(kind));
  const image = kind === 'image';
  return (
    <Notice
      tone="warn"
      actions={
        <Button size="sm" onClick={() => openSettings('generation')}>
          {t('attachments.chooseModel')}
        </Button>
      }
    >
      {image
        ? t(drafted ? 'attachments.blind' : 'attachments.blindConversation', { model })
        : t(drafted ? 'voice.deaf' : 'voice.deafConversation', { model })}
      {!others && ` ${t(image ? 'attachments.noneSees' : 'voice.noneHears')}`}
    </Notice>
  );
}
