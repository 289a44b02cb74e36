import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import { IconButton } from './icon-button';
import { INPUT } from './text-field';

export interface Entry {
  /** Of the row, so that it keeps its place while it is typed. */
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

export const newEntry = (name = '', value = ''): Entry => ({ id: crypto.randomUUID(), name, value });

interface EntryListProps {
  /** Absent: nothing to name yet. */
  readonly title?: string | undefined;
  readonly add: string;
  readonly name: string;
  readonly entries: readonly Entry[];
  /** Whose value is not shown. */
  readonly isSecret: (name: string) => boolean;
  readonly onChange: (entries: readonly Entry[]) => void;
  /** Between the title and the entries. */
  readonly children?: ReactNode;
}

/** Names and values, as headers and environments have them. */
export function EntryList({ title, add, name, entries, isSecret, onChange, children }: EntryListProps) {
  const { t } = useTranslation();
  const change = (id: string, part: Partial<Entry>) =>
    onChange(entries.map((entry) => (entry.id === id ? { ...entry, ...part } : entry)));
  return (
    <fieldset className="flex flex-col gap-2">
      {title && <legend className="mb-1 text-xs text-faint">{title}</legend>}
      {children}
      {entries.map((entry) => (
        <div key={entry.id} className="flex items-center gap-2">
          <input
            value={entry.name}
            aria-label={name}
            placeholder={name}
            dir="ltr"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change(entry.id, { name: event.target.value })}
            className={`${INPUT} basis-2/5 font-mono text-xs`}
          />
          <input
            value={entry.value}
            type={isSecret(entry.name) ? 'password' : 'text'}
            aria-label={t('tools.form.value')}
            placeholder={t('tools.form.value')}
            dir="ltr"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => change(entry.id, { value: event.target.value })}
            className={`${INPUT} font-mono text-xs`}
          />
          <IconButton
            label={t('tools.form.removeEntry', { name: entry.name || t('tools.form.unnamed') })}
            onClick={() => onChange(entries.filter(({ id }) => id !== entry.id))}
          >
            <X size={15} aria-hidden />
          </IconButton>
        </div>
      ))}
      <Button
        size="sm"
        look="quiet"
        className="-ms-1.5 self-start"
        onClick={() => onChange([...entries, newEntry()])}
      >
        <Plus size={15} aria-hidden />
        {add}
      </Button>
    </fieldset>
  );
}
