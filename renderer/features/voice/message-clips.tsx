import { useTranslation } from 'react-i18next';
import type { Attachment } from '../../../electron/contract/conversations';
import { clipName } from './clip-name';
import { ClipPlayer } from './clip-player';

/** What was said with a sent message. */
export function MessageClips({ attachments }: { readonly attachments: readonly Attachment[] }) {
  const { t } = useTranslation();
  const clips = attachments.filter(({ kind }) => kind === 'audio');
  if (clips.length === 0) return null;
  return (
    <ul aria-label={t('voice.clips')} className="flex flex-col items-end gap-1 pb-1.5">
      {clips.map((clip) => (
        <li
          key={clip.sha256}
          className="flex max-w-full items-center gap-2 rounded-full border border-line bg-raise py-0.5 ps-1 pe-3"
        >
          <ClipPlayer clip={clip} />
          {clipName(clip) !== null && (
            <bdi title={clip.name} className="min-w-0 max-w-64 truncate text-xs text-mute">
              {clip.name}
            </bdi>
          )}
        </li>
      ))}
    </ul>
  );
}
