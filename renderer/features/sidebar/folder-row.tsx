import { ChevronRight, Ellipsis, FolderOpen, Folder as FolderSign, Pencil, Trash2 } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Folder } from '../../../electron/contract/conversations';
import { deleteFolder, renameFolder, setFolderOpen } from '../../stores/folders';
import { useUi } from '../../stores/ui';
import { Menu, MenuAt, MenuItem, MenuSeparator } from '../../ui/menu';
import { NameField } from '../../ui/name-field';
import { dragsConversations, dropInto } from './drag';
import { returnToLine } from './list-keys';
import { useContextMenu } from './use-context-menu';

interface Props {
  readonly folder: Folder;
  readonly count: number;
  readonly open: boolean;
  /** Reached with Tab, with its menu; the others with arrows. */
  readonly isTabStop: boolean;
}

export function FolderRow({ folder, count, open, isTabStop }: Props) {
  const { t, i18n } = useTranslation();
  const { id, name } = folder;
  const renaming = useUi((state) => state.renaming === `folder:${id}`);
  const [over, setOver] = useState(false);
  const menu = useContextMenu();
  if (renaming) {
    return (
      <div className="flex h-(--row) items-center px-2 text-sm">
        <div className="w-full ps-2">
          <NameField
            name={name}
            label={t('folders.renameLabel')}
            onDone={(next) => {
              useUi.setState({ renaming: null });
              if (next !== null) void renameFolder(id, next);
              returnToLine(`folder:${id}`);
            }}
          />
        </div>
      </div>
    );
  }
  const onDragOver = (event: DragEvent) => {
    if (!dragsConversations(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const Icon = open ? FolderOpen : FolderSign;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has its keyboard way in each row's menu.
    <div
      className="group relative mb-px"
      onDragOver={onDragOver}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        setFolderOpen(id, true);
        dropInto(event, id);
      }}
    >
      <button
        type="button"
        data-folder={id}
        tabIndex={isTabStop ? 0 : -1}
        data-line
        aria-expanded={open}
        onClick={() => setFolderOpen(id, !open)}
        onContextMenu={menu.onContextMenu}
        className={`focus-inset flex h-(--row) w-full items-center gap-2 rounded-lg px-2 text-start text-sm hover:bg-hover group-has-data-[state=open]:bg-hover ${over ? 'bg-tint! shadow-[inset_0_0_0_1px_var(--accent)]' : ''}`}
      >
        <Icon size={15} className="flex-none text-mute" aria-hidden />
        <span className="min-w-0 truncate" dir="auto">
          {name}
        </span>
        <ChevronRight
          size={13}
          aria-hidden
          className={`flex-none text-faint transition-transform duration-100 ${open ? 'rotate-90' : 'rtl:-scale-x-100'}`}
        />
        <span className="tabular ms-auto text-xs text-faint group-focus-within:invisible group-hover:invisible">
          {count > 0 && count.toLocaleString(i18n.language)}
        </span>
      </button>
      <div className="absolute inset-y-0 end-1 flex items-center opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100">
        <Menu
          align="end"
          returnFocus={false}
          trigger={
            <button
              type="button"
              tabIndex={isTabStop ? 0 : -1}
              aria-label={t('sidebar.options', { title: name })}
              className="focus-inset grid size-6 place-items-center rounded-md text-mute hover:text-text"
            >
              <Ellipsis size={15} aria-hidden />
            </button>
          }
        >
          <FolderItems folder={folder} />
        </Menu>
      </div>
      {menu.at && (
        <MenuAt at={menu.at} onClose={menu.close}>
          <FolderItems folder={folder} />
        </MenuAt>
      )}
    </div>
  );
}

function FolderItems({ folder }: { readonly folder: Folder }) {
  const { t } = useTranslation();
  const { id } = folder;
  return (
    <>
      <MenuItem icon={<Pencil size={16} />} onSelect={() => useUi.setState({ renaming: `folder:${id}` })}>
        {t('common.rename')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem danger icon={<Trash2 size={16} />} onSelect={() => void deleteFolder(folder)}>
        {t('folders.delete')}
      </MenuItem>
    </>
  );
}
