import { FileText, LoaderCircle, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useContext } from '../../stores/context';
import { viewDocument } from '../../stores/document-viewer';
import type { DraftDocument } from '../../stores/draft-files';
import { type DraftItemProps, draftItem } from '../attachments/draft-item';
import { documentFacts } from './facts';

/** A document that will go with the message. */
export default function DraftDocumentChip({
  file,
  ...actions
}: DraftItemProps & { readonly file: DraftDocument }) {
  const { t } = useTranslation();
  const { name, attachment } = file;
  const item = draftItem(file, actions);
  const measure = useContext((state) =>
    state.measure?.documents?.find(({ sha256 }) => sha256 === attachment?.sha256),
  );
  const facts = attachment ? documentFacts(attachment, measure, t) : [t('documents.reading')];
  return (
    <div
      {...item.target}
      className="group flex h-16 max-w-80 min-w-0 items-center rounded-xl border border-line bg-soft pe-1"
    >
      <button
        {...item.source}
        type="button"
        disabled={attachment === null}
        title={`${name}\n${t('attachments.moveHint')}`}
        aria-label={`${t('documents.open', { name, facts: facts.join(', ') })}, ${actions.position}`}
        aria-busy={attachment === null}
        onClick={() => attachment && viewDocument(attachment)}
        className="flex h-full min-w-0 flex-1 items-center gap-2.5 rounded-xl ps-3 pe-2 text-start"
      >
        {attachment ? (
          <FileText size={20} strokeWidth={1.7} className="flex-none text-accent" aria-hidden />
        ) : (
          <LoaderCircle size={20} className="animate-spin-slow flex-none text-accent" aria-hidden />
        )}
        <span className="min-w-0">
          <bdi className="block truncate text-sm font-medium">{name}</bdi>
          <span className="line-clamp-2 text-xs text-mute">{facts.join(' · ')}</span>
        </span>
      </button>
      <button
        type="button"
        aria-label={t('attachments.remove', { name })}
        onClick={actions.onRemove}
        className="grid size-7 flex-none place-items-center rounded-lg text-mute hover:bg-hover hover:text-text"
      >
        <X size={15} aria-hidden />
      </button>
    </div>
  );
}
