import { LoaderCircle, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fileUrl } from '../../bridge/files';
import {
  type DraftDocument,
  type DraftImage,
  filesIn,
  moveFile,
  removeFile,
  useDraftFiles,
} from '../../stores/draft-files';
import { viewImages } from '../../stores/viewer';
import { focusComposer } from '../composer/focus';
import { ClipCard } from '../voice/clip-card';
import { type DraftItemProps, draftItem } from './draft-item';
import { MediaCard } from './media-card';

const DraftDocumentChip = lazy(() => import('../documents/draft-document'));

/** What will be sent with the message, above its field. */
export function AttachmentTray({ conversationId }: { readonly conversationId: string | null }) {
  const { t } = useTranslation();
  const files = useDraftFiles((state) => filesIn(state, conversationId));
  const [said, setSaid] = useState('');
  if (files.length === 0) return null;
  const images = files.filter((file) => file.kind === 'image');
  const move = (file: DraftImage | DraftDocument, to: number) => {
    if (to < 0 || to >= files.length) return;
    moveFile(conversationId, file.id, to);
    setSaid(t('attachments.moved', { index: to + 1, count: files.length }));
  };
  const actions = (file: DraftImage | DraftDocument, index: number): DraftItemProps => ({
    position: t('attachments.position', { index: index + 1, count: files.length }),
    onRemove: () => {
      removeFile(conversationId, file.id);
      focusComposer();
    },
    onMove: (by) => move(file, index + by),
    onDropped: (id) => moveFile(conversationId, id, index),
  });
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
        aria-label={t(files.some(({ kind }) => kind === 'document') ? 'documents.tray' : 'attachments.label')}
        className="-mx-1 mb-1 flex max-h-[min(15rem,36vh)] flex-wrap gap-2 overflow-y-auto p-2 pt-1.5"
      >
        {files.map((file, index) => (
          <li key={file.id} className={file.kind === 'media' || file.kind === 'clip' ? 'w-full' : 'min-w-0'}>
            {file.kind === 'media' ? (
              <MediaCard media={file} conversationId={conversationId} />
            ) : file.kind === 'clip' ? (
              <ClipCard clip={file} conversationId={conversationId} />
            ) : file.kind === 'document' ? (
              <Suspense fallback={<div className="size-16" />}>
                <DraftDocumentChip file={file} {...actions(file, index)} />
              </Suspense>
            ) : (
              <Thumbnail image={file} onView={() => view(file)} {...actions(file, index)} />
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

interface ThumbnailProps extends DraftItemProps {
  readonly image: DraftImage;
  readonly onView: () => void;
}

function Thumbnail({ image, onView, ...actions }: ThumbnailProps) {
  const { t } = useTranslation();
  const [lost, setLost] = useState(false);
  const { name, url, attachment } = image;
  const { position, onRemove } = actions;
  const item = draftItem(image, actions);
  return (
    <div className="relative" {...item.target}>
      <button
        {...item.source}
        type="button"
        title={`${name}\n${t('attachments.moveHint')}`}
        aria-label={t('attachments.view', { name, position })}
        aria-busy={attachment === null}
        onClick={onView}
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
        className="absolute -end-1.5 -top-1.5 grid size-6 place-items-center rounded-full border border-line bg-raise text-mute shadow-card transition-colors duration-100 hover:text-text"
      >
        <X size={13} aria-hidden />
      </button>
    </div>
  );
}
