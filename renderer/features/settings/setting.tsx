import type { ParseKeys } from 'i18next';
import { Info } from 'lucide-react';
import { type ComponentType, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShell } from '../../stores/shell';
import { IconButton } from '../../ui/icon-button';

/** One line of the settings: the search reads its texts, the section draws it. */
export interface Setting {
  readonly label: ParseKeys;
  readonly help?: ParseKeys;
  /** What only some want to know: shown when asked for. Our own window can do other things than a browser. */
  readonly detail?: ParseKeys | { readonly own: ParseKeys; readonly browser: ParseKeys };
  /** Begins a group of settings. */
  readonly heading?: ParseKeys;
  /** Controls that need the whole width stand below their label. */
  readonly wide?: boolean;
  readonly Control: ComponentType<{ readonly labelledBy: string }>;
}

export function detailOf({ detail }: Setting, own: boolean): ParseKeys | undefined {
  return typeof detail === 'object' ? detail[own ? 'own' : 'browser'] : detail;
}

export function SettingRow({ setting }: { readonly setting: Setting }) {
  const { t } = useTranslation();
  const labelId = useId();
  const detailId = useId();
  const [asked, ask] = useState(false);
  const own = useShell(({ shell }) => shell !== null);
  const { label, help, heading, wide = false, Control } = setting;
  const detail = detailOf(setting, own);
  return (
    <>
      {heading && <h3 className="pt-6 pb-1 text-xs text-faint first:pt-3">{t(heading)}</h3>}
      <div
        data-setting={label}
        className={`border-b border-line py-3 last:border-b-0 ${wide ? 'flex flex-col gap-2' : 'flex min-h-14 flex-wrap content-center items-center justify-between gap-x-6 gap-y-2'}`}
      >
        <div className={wide ? '' : 'min-w-0 flex-1 basis-28'}>
          <div className="flex items-center gap-1">
            <span id={labelId} className="text-sm">
              {t(label)}
            </span>
            {detail && (
              <IconButton
                size="sm"
                className="-my-1 size-6! text-faint"
                label={t('settings.more', { name: t(label) })}
                aria-expanded={asked}
                aria-controls={detailId}
                onClick={() => ask(!asked)}
              >
                <Info size={14} aria-hidden />
              </IconButton>
            )}
          </div>
          {help && <p className="text-xs text-pretty text-faint">{t(help)}</p>}
        </div>
        {/* Without a box: the control is laid out with its label. */}
        <div data-control className="contents">
          <Control labelledBy={labelId} />
        </div>
        {detail && (
          <p
            id={detailId}
            hidden={!asked}
            className="animate-appear basis-full text-xs text-pretty text-mute"
          >
            {t(detail)}
          </p>
        )}
      </div>
    </>
  );
}
