import { useTranslation } from 'react-i18next';
import type { ErrorInfo } from '../../../electron/contract/errors';
import { type ErrorText, errorText } from '../../lib/error-text';

const UNKNOWN: ErrorInfo = { code: 'internal', message: '' };

/** An error in the reader's language: what happened, and what to do. */
export function useErrorText(error: ErrorInfo | null): ErrorText {
  const { t, i18n } = useTranslation();
  return errorText(error ?? UNKNOWN, t, i18n.language);
}
