import { AudioLines, Film, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../lib/format';
import { type DraftMedia, removeFile } from '../../stores/draft-files';
import { Button } from '../../ui/button';
import { IconButton } from '../../ui/icon-button';
import { takeSound } from '../voice/intake';
import { formatClock } from './media-facts';

const VideoFrames = lazy(() => import('./video-frames'));

/** A dropped sound or video: what it is, and what can be done with it. */
export function MediaCard({
  media,
  conversationId,
}: {
  readonly media: DraftMedia;
  readonly conversationId: string | null;
}) {
  const { t, i18n } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  const [taking, setTaking] = useState(false);
  const { facts, name } = media;
  const takeIt = () => {
    setTaking(true);
    void takeSound(media.file, name, conversationId).then((taken) => {
      setTaking(false);
      // A video may still be wanted for its images.
      if (taken && !facts.video) removeFile(conversationId, media.id);
    });
  };
  const { video, audio } = facts;
  const Icon = video ? Film : AudioLines;
  const size = video && video.width > 0 ? ` ${video.width} × ${video.height}` : '';
  const parts = [
    facts.durationMs === null ? '' : formatClock(facts.durationMs),
    facts.container,
    video ? `${video.codec}${size}` : '',
    audio?.codec ?? '',
    formatBytes(facts.bytes, i18n.language),
  ];
  return (
    <div className="flex items-center gap-3 rounded-xl border border-line bg-soft py-2 ps-3 pe-2">
      <Icon size={20} className="text-accent" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-baseline gap-2 text-sm">
          <bdi className="truncate font-medium">{name}</bdi>
          <span className="truncate text-xs text-faint">{parts.filter(Boolean).join(' · ')}</span>
        </p>
        <p className="text-xs text-mute">{t(video ? 'attachments.videoHelp' : 'voice.audioHelp')}</p>
      </div>
      {video && (
        <Button size="sm" onClick={() => setChoosing(true)}>
          {t('attachments.chooseFrames')}
        </Button>
      )}
      {audio && (
        <Button size="sm" disabled={taking} onClick={takeIt}>
          {t('voice.takeSound')}
        </Button>
      )}
      <IconButton
        size="sm"
        label={t('attachments.remove', { name })}
        onClick={() => removeFile(conversationId, media.id)}
      >
        <X size={15} aria-hidden />
      </IconButton>
      <Suspense>
        {choosing && (
          <VideoFrames media={media} conversationId={conversationId} onClose={() => setChoosing(false)} />
        )}
      </Suspense>
    </div>
  );
}
