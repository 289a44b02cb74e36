import { LoaderCircle, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DraftClip, removeFile } from '../../stores/draft-files';
import { currentManifest, useEngine } from '../../stores/engine';
import { Button } from '../../ui/button';
import { IconButton } from '../../ui/icon-button';
import { focusComposer } from '../composer/focus';
import { clipName } from './clip-name';
import { ClipPlayer } from './clip-player';
import { writeDownClip } from './intake';

interface ClipCardProps {
  readonly clip: DraftClip;
  readonly conversationId: string | null;
}

/** A recording that will go with the message. */
export function ClipCard({ clip, conversationId }: ClipCardProps) {
  const { t } = useTranslation();
  const hears = useEngine((state) => currentManifest(state)?.modalities.includes('audio') === true);
  const [writing, setWriting] = useState(false);
  const { transcribed } = clip.attachment;
  const writeDown = () => {
    setWriting(true);
    void writeDownClip(clip, conversationId).finally(() => setWriting(false));
  };
  return (
    <div className="@container rounded-xl border border-line bg-soft py-1 ps-1.5 pe-2">
      {/* In a narrow field the note has a line of its own: beside the player two words of it were seen. */}
      <div className="flex items-center gap-x-3 @max-md:flex-wrap">
        <ClipPlayer clip={clip.attachment} />
        <div className="flex min-w-0 flex-1 items-center gap-3 @max-md:order-last @max-md:basis-full @max-md:pb-1 @max-md:ps-2">
          <p className="min-w-0 flex-1 text-xs text-mute wrap-anywhere @md:truncate">
            {clipName(clip) !== null && <bdi className="text-text">{clip.name} · </bdi>}
            {t(transcribed ? 'voice.transcribed' : hears ? 'voice.willBeHeard' : 'voice.notWritten')}
          </p>
          {!transcribed && (
            <Button size="sm" disabled={writing} onClick={writeDown}>
              {writing && <LoaderCircle size={14} className="animate-spin-slow" aria-hidden />}
              {t('voice.writeDown')}
            </Button>
          )}
        </div>
        <IconButton
          size="sm"
          className="ms-auto"
          label={t('attachments.remove', { name: clip.name })}
          onClick={() => {
            removeFile(conversationId, clip.id);
            focusComposer();
          }}
        >
          <X size={15} aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}
