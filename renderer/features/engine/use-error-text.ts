import { useTranslation } from 'react-i18next';
import type { ErrorInfo } from '../../../electron/contract/errors';

/** An error in the reader's language: what happened, and what to do. */
export function useErrorText(error: ErrorInfo | null): { readonly title: string; readonly text: string } {
  const { t, i18n } = useTranslation();
  if (!error) return { title: t('errors.title.internal'), text: t('errors.text.internal') };
  if (!i18n.exists(`errors.title.${error.code}`)) {
    return { title: t('errors.title.internal'), text: error.message };
  }
  const { tokens, limit, file } = error.details ?? {};
  if (error.code === 'model-damaged' && typeof file === 'string') {
    const name = `\u2068${file.split(/[\\/]/).at(-1)}\u2069`;
    return { title: t('errors.title.model-damaged'), text: t('errors.damagedFile', { file: name }) };
  }
  const figures =
    error.code === 'context-exceeded' && typeof tokens === 'number' && typeof limit === 'number'
      ? `${t('errors.contextFigures', { tokens, limit })} `
      : '';
  return { title: t(`errors.title.${error.code}`), text: figures + t(`errors.text.${error.code}`) };
}
