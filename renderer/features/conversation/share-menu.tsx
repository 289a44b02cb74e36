import { Braces, Copy, FileCode, FileText, Share } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../ui/icon-button';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu';
import { copyConversation, saveConversation } from './share';

export function ShareMenu() {
  const { t } = useTranslation();
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
      <MenuItem icon={<FileText size={16} />} onSelect={() => saveConversation('md')}>
        {t('header.saveMarkdown')}
      </MenuItem>
      <MenuItem icon={<FileCode size={16} />} onSelect={() => saveConversation('html')}>
        {t('header.saveHtml')}
      </MenuItem>
      <MenuItem icon={<Braces size={16} />} onSelect={() => saveConversation('json')}>
        {t('header.saveJson')}
      </MenuItem>
    </Menu>
  );
}
