import { ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** What the program itself said, in English, for those who want to look it up. */
export function TechnicalDetails({ text }: { readonly text: string | null }) {
  const { t } = useTranslation();
  if (!text) return null;
  return (
    <details className="group mt-1.5 text-xs text-mute">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1 rounded-sm hover:text-text [&::-webkit-details-marker]:hidden">
        <ChevronRight
          size={13}
          aria-hidden
          className="transition-transform duration-100 group-open:rotate-90 rtl:-scale-x-100"
        />
        {t('errors.technical')}
      </summary>
      <p className="mt-1 ps-4.5 wrap-anywhere whitespace-pre-line select-text" lang="en" dir="ltr">
        {text}
      </p>
    </details>
  );
}
