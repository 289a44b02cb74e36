import { Archive, Download, Ellipsis, FolderPlus, ListChecks, Trash2, Upload } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useConversations } from '../../stores/conversations';
import { createFolder } from '../../stores/folders';
import { openLibrary } from '../../stores/library';
import { IconButton } from '../../ui/icon-button';
import { Menu, MenuItem, MenuSeparator, SubMenu } from '../../ui/menu';
import { ExportItems } from '../transfer/export-items';
import { chooseImport } from '../transfer/import';
import { selectAll } from './selection';

/** Everything about the conversations as a whole. */
export function MoreMenu() {
  const { t } = useTranslation();
  const ids = useConversations((state) => state.list) ?? [];
  return (
    <Menu
      align="end"
      returnFocus={false}
      trigger={
        <IconButton label={t('library.more')}>
          <Ellipsis size={18} aria-hidden />
        </IconButton>
      }
    >
      <MenuItem icon={<FolderPlus size={16} />} onSelect={() => void createFolder()}>
        {t('folders.create')}
      </MenuItem>
      <MenuItem icon={<ListChecks size={16} />} disabled={ids.length === 0} onSelect={selectAll}>
        {t('library.selectAll')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Archive size={16} />} onSelect={() => openLibrary('archive')}>
        {t('library.archiveTitle')}
      </MenuItem>
      <MenuItem icon={<Trash2 size={16} />} onSelect={() => openLibrary('bin')}>
        {t('library.bin')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Upload size={16} />} onSelect={chooseImport}>
        {t('library.import')}
      </MenuItem>
      {ids.length > 0 && (
        <SubMenu icon={<Download size={16} />} label={t('library.exportAll')}>
          <ExportItems ids={ids.map(({ id }) => id)} />
        </SubMenu>
      )}
    </Menu>
  );
}
