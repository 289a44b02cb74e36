import { FolderInput, FolderPlus, Folder as FolderSign } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { createFolder, useFolders } from '../../stores/folders';
import { moveConversations } from '../../stores/library';
import { MenuItem, MenuSeparator, SubMenu } from '../../ui/menu';

interface Props {
  readonly ids: readonly string[];
  /** The folder they are in, where it is one. */
  readonly current?: string | null;
  readonly onChosen?: () => void;
}

/** The items of a menu from which a folder is chosen. */
export function FolderItems({ ids, current, onChosen }: Props) {
  const { t } = useTranslation();
  const folders = useFolders((state) => state.list);
  const move = (folderId: string | null) => {
    onChosen?.();
    void moveConversations(ids, folderId);
  };
  return (
    <>
      {folders.map((folder) => (
        <MenuItem
          key={folder.id}
          icon={<FolderSign size={16} />}
          checked={folder.id === current}
          onSelect={() => move(folder.id)}
        >
          {folder.name}
        </MenuItem>
      ))}
      {current !== null && <MenuItem onSelect={() => move(null)}>{t('folders.none')}</MenuItem>}
      {(folders.length > 0 || current !== null) && <MenuSeparator />}
      <MenuItem
        icon={<FolderPlus size={16} />}
        onSelect={() => {
          onChosen?.();
          void createFolder((id) => void moveConversations(ids, id));
        }}
      >
        {t('folders.create')}
      </MenuItem>
    </>
  );
}

export function MoveMenu(props: Props) {
  const { t } = useTranslation();
  return (
    <SubMenu icon={<FolderInput size={16} />} label={t('folders.move')}>
      <FolderItems {...props} />
    </SubMenu>
  );
}
