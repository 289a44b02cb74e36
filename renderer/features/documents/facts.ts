import type { TFunction } from 'i18next';
import type { DocumentMeasure } from '../../../electron/contract/api';
import type { Attachment } from '../../../electron/contract/conversations';
import { formatCompact } from '../../lib/format';

/** What there is to say of a document: its pages or lines, its tokens for the model in use, and how much of it that is shown. */
export function documentFacts(
  { pages, lines }: Pick<Attachment, 'pages' | 'lines'>,
  measure: DocumentMeasure | undefined,
  t: TFunction,
): readonly string[] {
  const { tokens, passages, used = 0 } = measure ?? {};
  return [
    ...(pages !== undefined
      ? [t('documents.pages', { count: pages })]
      : lines !== undefined
        ? [t('documents.lines', { count: lines })]
        : []),
    ...(tokens !== undefined ? [t('documents.tokens', { tokens: formatCompact(tokens) })] : []),
    ...(passages !== undefined ? [t('documents.passages', { used, passages })] : []),
  ];
}
