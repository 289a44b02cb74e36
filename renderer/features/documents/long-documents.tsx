import { FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useChat } from '../../stores/chat';
import { useContext } from '../../stores/context';
import { filesIn, useDraftFiles } from '../../stores/draft-files';
import { Notice } from '../composer/notice';

/** Said before sending: the model will see a part of what was added. */
export default function LongDocuments() {
  const { t } = useTranslation();
  const conversationId = useChat((state) => state.conversationId);
  const files = useDraftFiles((state) => filesIn(state, conversationId));
  const measured = useContext((state) => state.measure?.documents);
  // Those of sent messages say so where they stand.
  const long = files.flatMap((file) => {
    const { passages, used = 0 } =
      measured?.find(({ sha256 }) => file.kind === 'document' && sha256 === file.attachment?.sha256) ?? {};
    return passages === undefined ? [] : [{ name: `\u2068${file.name}\u2069`, passages, used }];
  });
  const [first] = long;
  if (first === undefined) return null;
  const empty = long.every(({ used }) => used === 0) ? first : undefined;
  if (empty) return <Notice tone="danger">{t('documents.noneFits', { name: empty.name })}</Notice>;
  const sum = (part: 'passages' | 'used') => long.reduce((total, document) => total + document[part], 0);
  return (
    <Notice tone="plain" icon={FileText}>
      {long.length === 1
        ? t('documents.tooLong', first)
        : t('documents.tooLongMany', { passages: sum('passages'), used: sum('used') })}
    </Notice>
  );
}
