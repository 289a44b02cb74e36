import { Copy, Share } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useChat } from '../../stores/chat';
import { IconButton } from '../../ui/icon-button';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu';
import { ExportItems } from '../transfer/export-items';
import { copyConversation } from './share';

export function ShareMenu() {
  const { t } = useTranslation();
  const id = useChat((state) => state.conversationId);
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={t('header.export')}>
          <Share size={18} aria-hidden />
        </IconButton>
      }
    >
      <MenuItem icon={<Copy size={16} />} onSelect={() => void copyConversation()}>
        {t('header.copyMarkdown')}
      </MenuItem>
      <MenuSeparator />
      <ExportItems ids={id === null ? [] : [id]} />
    </Menu>
  );
}
