import { useTranslation } from 'react-i18next';
import { useUi } from '../../stores/ui';

export function ConnectionBanner() {
  const { t } = useTranslation();
  const lost = useUi((state) => state.connection === 'lost');
  if (!lost) return null;
  return (
    <div role="alert" className="flex-none bg-warn-tint px-4 py-1.5 text-center text-sm text-warn">
      {t('app.connectionLost')}
    </div>
  );
}
