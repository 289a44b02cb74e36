import type { ParseKeys } from 'i18next';
import { type ComponentType, useId } from 'react';
import { useTranslation } from 'react-i18next';

/** One line of the settings: the search reads its label and help, the section draws it. */
export interface Setting {
  readonly label: ParseKeys;
  readonly help?: ParseKeys;
  /** Controls that need the whole width stand below their label. */
  readonly wide?: boolean;
  readonly Control: ComponentType<{ readonly labelledBy: string }>;
}

export function SettingRow({ setting }: { readonly setting: Setting }) {
  const { t } = useTranslation();
  const labelId = useId();
  const { label, help, wide = false, Control } = setting;
  return (
    <div
      className={`border-b border-line py-3 last:border-b-0 ${wide ? 'flex flex-col gap-2' : 'flex min-h-14 flex-wrap items-center justify-between gap-x-6 gap-y-2'}`}
    >
      <div className={wide ? '' : 'min-w-0 flex-1 basis-28'}>
        <div id={labelId} className="text-sm">
          {t(label)}
        </div>
        {help && <p className="text-xs text-faint">{t(help)}</p>}
      </div>
      <Control labelledBy={labelId} />
    </div>
  );
}
