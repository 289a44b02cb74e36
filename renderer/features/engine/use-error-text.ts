import { useTranslation } from 'react-i18next';
import type { ErrorInfo } from '../../../electron/contract/errors';

/** An error in the reader's language: what happened, and what to do. */
export function useErrorText(error: ErrorInfo | null): { readonly title: string; readonly text: string } {
  const { t, i18n } = useTranslation();
  if (!error) return { title: t('errors.title.internal'), text: t('errors.text.internal') };
  if (!i18n.exists(`errors.title.${error.code}`)) {
    return { title: t('errors.title.internal'), text: error.message };
  }
  const { tokens, limit } = error.details ?? {};
  const figures =
    error.code === 'context-exceeded' && typeof tokens === 'number' && typeof limit === 'number'
      ? `${t('errors.contextFigures', { tokens, limit })} `
      : '';
  return { title: t(`errors.title.${error.code}`), text: figures + t(`errors.text.${error.code}`) };
}
