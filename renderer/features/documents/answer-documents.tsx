import { Quote } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { AssistantMessage } from '../../../electron/contract/conversations';
import { useChat } from '../../stores/chat';
import { viewDocument } from '../../stores/document-viewer';

/** What an answer was shown of documents that came with earlier questions: each answer has passages of its own. */
export default function AnswerDocuments({ message }: { readonly message: AssistantMessage }) {
  const { t } = useTranslation();
  const question = useChat(({ tree }) => tree.byId[message.parentId ?? '']);
  const own = question?.role === 'user' ? question.attachments : [];
  const earlier = (message.documents ?? []).filter(
    ({ sha256 }) => !own.some((attachment) => attachment.sha256 === sha256),
  );
  if (earlier.length === 0) return null;
  return (
    <ul aria-label={t('documents.label')} className="flex flex-wrap gap-x-4 gap-y-1">
      {earlier.map((use) => (
        <li key={use.sha256} className="min-w-0">
          <button
            type="button"
            onClick={() => viewDocument(use, use.used)}
            className="flex min-w-0 items-center gap-1.5 rounded-md text-xs text-mute hover:text-text hover:underline"
          >
            <Quote size={13} className="flex-none" aria-hidden />
            <span className="truncate">
              {t('documents.partOf', {
                name: `\u2068${use.name}\u2069`,
                used: use.used.length,
                passages: use.passages,
              })}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
