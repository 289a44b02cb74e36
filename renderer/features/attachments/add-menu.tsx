import { ImagePlus, MonitorUp, Plus } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../../stores/settings';
import { IconButton } from '../../ui/icon-button';
import { Menu, MenuItem } from '../../ui/menu';
import { addCapture, canCapture, pickFiles } from './add';

const OffersMenu = lazy(() => import('../tools/offers-menu'));

/** The ways to add a file other than dropping and pasting. */
export function AddMenu({ conversationId }: { readonly conversationId: string | null }) {
  const { t } = useTranslation();
  const hasTools = useSettings(({ toolServers }) => toolServers.some(({ enabled }) => enabled));
  return (
    <Menu
      side="top"
      trigger={
        <IconButton label={t('attachments.add')} side="top">
          <Plus size={18} aria-hidden />
        </IconButton>
      }
    >
      <MenuItem icon={<ImagePlus size={16} aria-hidden />} onSelect={() => pickFiles(conversationId)}>
        {t('attachments.pick')}
      </MenuItem>
      {canCapture() && (
        <MenuItem icon={<MonitorUp size={16} aria-hidden />} onSelect={() => void addCapture(conversationId)}>
          {t('attachments.capture')}
        </MenuItem>
      )}
      <Suspense>{hasTools && <OffersMenu />}</Suspense>
    </Menu>
  );
}
