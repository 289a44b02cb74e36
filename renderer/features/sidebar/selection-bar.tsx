import { Archive, Download, FolderInput, Trash2, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { archiveConversations } from '../../stores/library';
import { useUi } from '../../stores/ui';
import { IconButton } from '../../ui/icon-button';
import { Menu } from '../../ui/menu';
import { ExportItems } from '../transfer/export-items';
import { FolderItems } from './move-menu';
import { endSelection, removeConversations, takeSelection } from './selection';

/** What can be done to all that is selected. */
export function SelectionBar() {
  const { t } = useTranslation();
  const selection = useUi((state) => state.selection);
  const ids = [...(selection ?? [])];
  return (
    <div
      role="toolbar"
      aria-label={t('sidebar.selected', { count: ids.length })}
      className="flex h-[3.9375rem] flex-none items-center border-t border-line ps-4 pe-2 text-sm"
    >
      <span role="status" className="tabular min-w-0 flex-1 truncate">
        {t('sidebar.selected', { count: ids.length })}
      </span>
      <Menu
        side="top"
        align="end"
        trigger={
          <IconButton label={t('folders.move')} side="top">
            <FolderInput size={17} aria-hidden />
          </IconButton>
        }
      >
        <FolderItems ids={ids} onChosen={endSelection} />
      </Menu>
      <Menu
        side="top"
        align="end"
        trigger={
          <IconButton label={t('library.export')} side="top">
            <Download size={17} aria-hidden />
          </IconButton>
        }
      >
        <ExportItems ids={ids} />
      </Menu>
      <IconButton
        label={t('library.archive')}
        side="top"
        onClick={() => void archiveConversations(takeSelection(), true)}
      >
        <Archive size={17} aria-hidden />
      </IconButton>
      <IconButton
        label={t('common.delete')}
        side="top"
        className="text-danger!"
        onClick={() => removeConversations(takeSelection())}
      >
        <Trash2 size={17} aria-hidden />
      </IconButton>
      <IconButton label={t('sidebar.endSelection')} side="top" onClick={endSelection}>
        <X size={17} aria-hidden />
      </IconButton>
    </div>
  );
}
