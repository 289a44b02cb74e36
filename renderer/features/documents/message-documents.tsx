import { FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Attachment, UserMessage } from '../../../electron/contract/conversations';
import type { DocumentUse } from '../../../electron/contract/documents';
import { useChat } from '../../stores/chat';
import { viewDocument } from '../../stores/document-viewer';
import { startDrag } from '../attachments/transfer';
import { documentFacts } from './facts';

const none: readonly DocumentUse[] = [];

/** What the answer in view below a message was shown of the documents. */
function useAnswerDocuments(messageId: string): readonly DocumentUse[] {
  return useChat(({ path, tree }) => {
    const answer = tree.byId[path[path.indexOf(messageId) + 1] ?? ''];
    return (answer?.role === 'assistant' && answer.documents) || none;
  });
}

/** The documents of a sent message; of one that was too long, how much the answer had of it. */
export default function MessageDocuments({ message }: { readonly message: UserMessage }) {
  const { t } = useTranslation();
  const uses = useAnswerDocuments(message.id);
  const documents = message.attachments.filter(({ kind }) => kind === 'document');
  if (documents.length === 0) return null;
  return (
    <ul
      aria-label={t('documents.label')}
      className="flex max-w-[80%] min-w-0 flex-wrap justify-end gap-2 pb-2"
    >
      {documents.map((document) => (
        <li key={document.sha256} className="min-w-0">
          <SentDocument document={document} use={uses.find(({ sha256 }) => sha256 === document.sha256)} />
        </li>
      ))}
    </ul>
  );
}

interface SentDocumentProps {
  readonly document: Attachment;
  readonly use: DocumentUse | undefined;
}

function SentDocument({ document, use }: SentDocumentProps) {
  const { t } = useTranslation();
  const { name } = document;
  const facts = [
    ...documentFacts(document, undefined, t),
    ...(use ? [t('documents.passagesUsed', { used: use.used.length, passages: use.passages })] : []),
  ];
  return (
    <button
      type="button"
      draggable
      title={name}
      aria-label={t('documents.open', { name, facts: facts.join(', ') })}
      onClick={() => viewDocument(document, use?.used)}
      onDragStart={(event) => startDrag(event, document)}
      className="flex max-w-80 min-w-0 items-center gap-2.5 rounded-xl border border-line bg-raise py-2 ps-3 pe-3.5 text-start transition-colors duration-100 hover:border-line-strong"
    >
      <FileText size={20} strokeWidth={1.7} className="flex-none text-accent" aria-hidden />
      <span className="min-w-0">
        <bdi className="block truncate text-sm font-medium">{name}</bdi>
        <span className="block text-xs text-mute">{facts.join(' · ')}</span>
      </span>
    </button>
  );
}
