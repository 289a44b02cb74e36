import { X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { updateSettings, useSettings } from '../../stores/settings';
import { useShell } from '../../stores/shell';
import { Button } from '../../ui/button';
import { IconButton } from '../../ui/icon-button';
import { UpdateControl } from './update-control';

/** Asks once whether new versions may be looked for, and says when there is one. */
export function UpdateBanner() {
  const { t } = useTranslation();
  const state = useShell(({ shell }) => shell?.update.state ?? 'unavailable');
  const asked = useSettings((settings) => settings.updateCheck !== 'ask');
  const [dismissed, dismiss] = useState<string | null>(null);
  const news = state === 'available' || state === 'downloading' || state === 'downloaded';
  if (state === 'unavailable' || (asked && !news) || dismissed === state) return null;
  return (
    <section
      aria-label={t('updates.label')}
      className="flex flex-none items-center gap-3 border-b border-line bg-tint px-4 py-2"
    >
      {news ? (
        <>
          <UpdateControl idle="" />
          <IconButton size="sm" label={t('updates.later')} onClick={() => dismiss(state)}>
            <X size={15} aria-hidden />
          </IconButton>
        </>
      ) : (
        <>
          <p className="min-w-0 flex-1 text-sm">{t('updates.ask')}</p>
          <Button size="sm" look="primary" onClick={() => void updateSettings({ updateCheck: 'on' })}>
            {t('updates.allow')}
          </Button>
          <Button size="sm" onClick={() => void updateSettings({ updateCheck: 'off' })}>
            {t('updates.refuse')}
          </Button>
        </>
      )}
    </section>
  );
}
