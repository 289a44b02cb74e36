import { ArrowUpRight, Calculator, Globe, Languages } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { send } from '../../stores/turns';

const examples = [
  { key: 'arithmetic', icon: Calculator },
  { key: 'fact', icon: Globe },
  { key: 'translation', icon: Languages },
] as const;

/** Before the first message: three things the built-in model really can do, one press away. */
export function EmptyState() {
  const { t } = useTranslation();
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-6">
      <div className="mx-auto my-auto w-full max-w-[45rem] py-6">
        <h1 className="text-xl font-semibold tracking-[-0.01em]">{t('empty.title')}</h1>
        <p className="mt-1 text-mute">{t('empty.text')}</p>
        <ul aria-label={t('empty.examples')} className="mt-6 grid gap-2">
          {examples.map(({ key, icon: Icon }) => (
            <li key={key}>
              <button
                type="button"
                onClick={() => void send(t(`empty.${key}Prompt`))}
                className="group flex w-full items-center gap-3 rounded-xl border border-line bg-raise px-4 py-3 text-start transition-colors duration-100 hover:border-line-strong"
              >
                <Icon size={18} className="text-accent" aria-hidden />
                <span className="min-w-0 flex-1">
                  <span className="block truncate">{t(`empty.${key}Prompt`)}</span>
                  <span className="block truncate text-xs text-faint">{t(`empty.${key}`)}</span>
                </span>
                <ArrowUpRight
                  size={16}
                  aria-hidden
                  className="text-faint opacity-0 transition-opacity duration-100 group-hover:opacity-100 rtl:-scale-x-100"
                />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
