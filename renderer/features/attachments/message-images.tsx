import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attachment } from '../../../electron/contract/conversations';
import { fileUrl } from '../../bridge/files';
import { viewImages } from '../../stores/viewer';
import { startDrag } from './transfer';

/** Longest sides of one image alone, in pixels; several are squares in rows. */
const MAX_WIDTH = 320;
const MAX_HEIGHT = 240;

interface MessageImagesProps {
  readonly attachments: readonly Attachment[];
  /** Where the message stands: the user's at the end. */
  readonly side?: 'start' | 'end';
}

/** The images of a message. Their room is kept from the first frame on, so nothing moves when they appear. */
export function MessageImages({ attachments, side = 'end' }: MessageImagesProps) {
  const { t } = useTranslation();
  const images = attachments.filter(({ kind }) => kind === 'image');
  if (images.length === 0) return null;
  const viewed = images.map(({ sha256, name }) => ({ url: fileUrl(sha256), name }));
  return (
    <ul
      aria-label={t('attachments.label')}
      className={`flex flex-wrap gap-2 ${side === 'end' ? 'max-w-[80%] justify-end pb-2' : ''}`}
    >
      {images.map((image, index) => (
        <li key={image.sha256}>
          <MessageImage
            image={image}
            alone={images.length === 1}
            position={t('attachments.position', { index: index + 1, count: images.length })}
            onView={() => viewImages(viewed, index)}
          />
        </li>
      ))}
    </ul>
  );
}

interface MessageImageProps {
  readonly image: Attachment;
  readonly alone: boolean;
  readonly position: string;
  readonly onView: () => void;
}

function MessageImage({ image, alone, position, onView }: MessageImageProps) {
  const { t } = useTranslation();
  const [lost, setLost] = useState(false);
  const { name, sha256, width = MAX_WIDTH, height = MAX_HEIGHT } = image;
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height);
  // A line of one pixel still needs a place to press.
  const size = alone
    ? { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) }
    : { width: 112, height: 112 };
  if (lost) {
    return (
      <div className="flex items-center gap-2 rounded-xl border border-line px-3 py-2 text-sm text-mute">
        <ImageOff size={16} aria-hidden />
        <bdi className="max-w-60 truncate">{name}</bdi>
        <span>{t('attachments.lost')}</span>
      </div>
    );
  }
  return (
    <button
      type="button"
      draggable
      title={name}
      aria-label={t('attachments.view', { name, position })}
      onClick={onView}
      onDragStart={(event) => startDrag(event, image)}
      className="block max-w-full cursor-zoom-in overflow-hidden rounded-xl border border-line bg-soft"
    >
      <img
        src={fileUrl(sha256, true)}
        alt=""
        style={size}
        loading="lazy"
        decoding="async"
        draggable={false}
        onError={() => setLost(true)}
        className="block object-cover"
      />
    </button>
  );
}
