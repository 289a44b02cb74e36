import { LoaderCircle, X } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fileUrl } from '../../bridge/files';
import { type DraftImage, filesIn, moveFile, removeFile, useDraftFiles } from '../../stores/draft-files';
import { viewImages } from '../../stores/viewer';
import { focusComposer } from '../composer/focus';
import { ClipCard } from '../voice/clip-card';
import { MediaCard } from './media-card';
import { endDraftDrag, startDraftDrag } from './transfer';

/** A thumbnail on its way to another place in the row. */
const MOVED = 'application/x-autoglm-draft';

/** What will be sent with the message, above its field. */
export function AttachmentTray({ conversationId }: { readonly conversationId: string | null }) {
  const { t } = useTranslation();
  const files = useDraftFiles((state) => filesIn(state, conversationId));
  const [said, setSaid] = useState('');
  if (files.length === 0) return null;
  const images = files.filter((file) => file.kind === 'image');
  const move = (file: DraftImage, to: number) => {
    if (to < 0 || to >= files.length) return;
    moveFile(conversationId, file.id, to);
    setSaid(t('attachments.moved', { index: to + 1, count: files.length }));
  };
  const view = (file: DraftImage) =>
    viewImages(
      images.map(({ url, name, attachment }) => ({
        url: attachment ? fileUrl(attachment.sha256) : url,
        name,
      })),
      images.indexOf(file),
    );
  return (
    <>
      <ul
        aria-label={t('attachments.label')}
        className="-mx-1 mb-1 flex max-h-[min(15rem,36vh)] flex-wrap gap-2 overflow-y-auto p-2 pt-1.5"
      >
        {files.map((file, index) => (
          <li key={file.id} className={file.kind === 'image' ? '' : 'w-full'}>
            {file.kind === 'media' ? (
              <MediaCard media={file} conversationId={conversationId} />
            ) : file.kind === 'clip' ? (
              <ClipCard clip={file} conversationId={conversationId} />
            ) : (
              <Thumbnail
                image={file}
                position={t('attachments.position', { index: index + 1, count: files.length })}
                onView={() => view(file)}
                onRemove={() => {
                  removeFile(conversationId, file.id);
                  focusComposer();
                }}
                onMove={(by) => move(file, index + by)}
                onDropped={(id) => moveFile(conversationId, id, index)}
              />
            )}
          </li>
        ))}
      </ul>
      <span role="status" className="sr-only">
        {said}
      </span>
    </>
  );
}

interface ThumbnailProps {
  readonly image: DraftImage;
  readonly position: string;
  readonly onView: () => void;
  readonly onRemove: () => void;
  readonly onMove: (by: 1 | -1) => void;
  readonly onDropped: (id: string) => void;
}

function Thumbnail({ image, position, onView, onRemove, onMove, onDropped }: ThumbnailProps) {
  const { t } = useTranslation();
  const [lost, setLost] = useState(false);
  const { id, name, url, attachment } = image;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Delete' || event.key === 'Backspace') onRemove();
    else if (event.altKey && event.key === 'ArrowLeft') onMove(-1);
    else if (event.altKey && event.key === 'ArrowRight') onMove(1);
    else return;
    event.preventDefault();
  };
  const onDragOver = (event: DragEvent) => {
    if (event.dataTransfer.types.includes(MOVED)) event.preventDefault();
  };
  const onDrop = (event: DragEvent) => {
    const moved = event.dataTransfer.getData(MOVED);
    if (!moved) return;
    event.preventDefault();
    onDropped(moved);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointers drag it, keys move it from the button inside.
    <div className="group relative" onDragOver={onDragOver} onDrop={onDrop}>
      <button
        type="button"
        draggable
        title={`${name}\n${t('attachments.moveHint')}`}
        aria-label={t('attachments.view', { name, position })}
        aria-busy={attachment === null}
        aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight Delete"
        onClick={onView}
        onKeyDown={onKeyDown}
        onDragStart={(event) => {
          // To another window it goes as a copy of itself; here it only moves.
          startDraftDrag(event, attachment);
          event.dataTransfer.setData(MOVED, id);
        }}
        onDragEnd={endDraftDrag}
        className="relative grid size-16 place-items-center overflow-hidden rounded-xl border border-line bg-soft"
      >
        {lost ? (
          <span className="px-1 text-xs text-danger">{t('attachments.lost')}</span>
        ) : (
          <img
            src={url}
            alt=""
            draggable={false}
            onError={() => setLost(true)}
            className={`size-full object-cover transition-opacity duration-100 ${attachment ? '' : 'opacity-40'}`}
          />
        )}
        {!attachment && (
          <LoaderCircle
            size={18}
            className="animate-spin-slow absolute inset-0 m-auto text-accent"
            aria-hidden
          />
        )}
      </button>
      <button
        type="button"
        aria-label={t('attachments.remove', { name })}
        onClick={onRemove}
        className="absolute -end-1.5 -top-1.5 grid size-6 place-items-center rounded-full border border-line bg-raise text-mute opacity-0 shadow-card transition-opacity duration-100 group-focus-within:opacity-100 group-hover:opacity-100 hover:text-text focus-visible:opacity-100 pointer-coarse:opacity-100"
      >
        <X size={13} aria-hidden />
      </button>
    </div>
  );
}
