import { useTranslation } from 'react-i18next';
import { updateSettings, useSettings } from '../../stores/settings';
import { Button } from '../../ui/button';

export function ResetAll() {
  const { t } = useTranslation();
  const changed = useSettings(({ shortcuts }) => Object.keys(shortcuts).length > 0);
  return (
    <Button look="quiet" size="sm" disabled={!changed} onClick={() => void updateSettings({ shortcuts: {} })}>
      {t('keys.resetAll')}
    </Button>
  );
}
