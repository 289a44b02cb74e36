import {
  Archive,
  Check,
  Copy,
  Download,
  Ellipsis,
  ListChecks,
  Pencil,
  Pin,
  PinOff,
  Trash2,
} from 'lucide-react';
import { type MouseEvent, memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationSummary } from '../../../electron/contract/conversations';
import { openConversation, useChat } from '../../stores/chat';
import { changeConversation } from '../../stores/conversations';
import { archiveConversations, duplicateConversation } from '../../stores/library';
import { useRunning } from '../../stores/live';
import { useUi } from '../../stores/ui';
import { Menu, MenuAt, MenuItem, MenuSeparator, SubMenu } from '../../ui/menu';
import { TitleField } from '../conversation/header';
import { ExportItems } from '../transfer/export-items';
import { startDrag } from './drag';
import { returnToLine } from './list-keys';
import { MoveMenu } from './move-menu';
import { removeConversations, selectTo, toggleSelected } from './selection';
import { useContextMenu } from './use-context-menu';

export const ConversationRow = memo(function ConversationRow({
  summary,
  inside,
  isTabStop,
}: {
  readonly summary: ConversationSummary;
  /** Reached with Tab, with its menu; the others with arrows. */
  readonly isTabStop: boolean;
  /** Drawn below its folder. */
  readonly inside: boolean;
}) {
  const { t } = useTranslation();
  const { id, title } = summary;
  const current = useChat((state) => state.conversationId === id);
  const answering = useRunning((state) => id in state.byConversation);
  const renaming = useUi((state) => state.renaming === id);
  const selecting = useUi((state) => state.selection !== null);
  const selected = useUi((state) => state.selection?.has(id) ?? false);
  const shownTitle = title || t('header.untitled');
  const menu = useContextMenu();
  if (renaming) {
    return (
      <div className="flex h-(--row) items-center px-2 text-sm">
        <div className="w-full ps-2">
          <TitleField id={id} title={title} onDone={() => returnToLine(id)} />
        </div>
      </div>
    );
  }
  const onClick = (event: MouseEvent) => {
    if (event.shiftKey) {
      selectTo(id);
      return;
    }
    if (selecting || event.ctrlKey || event.metaKey) {
      toggleSelected(id);
      return;
    }
    useUi.setState({ drawerOpen: false });
    void openConversation(id);
  };
  return (
    <div className="group relative mb-px">
      <button
        type="button"
        data-conversation={id}
        tabIndex={isTabStop ? 0 : -1}
        data-line
        {...(inside && { 'data-inside': true })}
        draggable
        onDragStart={(event) => startDrag(event, id, shownTitle)}
        aria-current={current ? 'page' : undefined}
        {...(selecting && { 'aria-pressed': selected })}
        onClick={onClick}
        {...(!selecting && { onContextMenu: menu.onContextMenu })}
        onDoubleClick={() => !selecting && useUi.setState({ renaming: id })}
        className={`focus-inset flex h-(--row) w-full items-center gap-2 rounded-lg pe-2 text-start text-sm group-has-data-[state=open]:bg-hover ${inside ? 'ps-8' : 'ps-2'} ${current ? 'bg-current-row font-medium shadow-[inset_0_0_0_1px_var(--line)]' : 'hover:bg-hover'}`}
      >
        {selecting && (
          <span
            aria-hidden
            className={`grid size-4 flex-none place-items-center rounded-[0.3rem] border ${selected ? 'border-accent bg-accent text-on-accent' : 'border-faint'}`}
          >
            {selected && <Check size={12} className="stroke-3" />}
          </span>
        )}
        <span className="min-w-0 flex-1 truncate pe-1 group-focus-within:pe-6 group-hover:pe-6" dir="auto">
          {shownTitle}
        </span>
        {answering && (
          <span role="img" aria-label={t('sidebar.answering')} className="pulse me-1 group-hover:hidden" />
        )}
      </button>
      {!selecting && <RowMenu summary={summary} title={shownTitle} isTabStop={isTabStop} />}
      {menu.at && (
        <MenuAt at={menu.at} onClose={menu.close}>
          <RowItems summary={summary} />
        </MenuAt>
      )}
    </div>
  );
});

interface RowMenuProps {
  readonly summary: ConversationSummary;
  readonly title: string;
  readonly isTabStop: boolean;
}

function RowMenu({ summary, title, isTabStop }: RowMenuProps) {
  const { t } = useTranslation();
  return (
    <div className="absolute inset-y-0 end-1 flex items-center opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100">
      <Menu
        align="end"
        returnFocus={false}
        trigger={
          <button
            type="button"
            tabIndex={isTabStop ? 0 : -1}
            aria-label={t('sidebar.options', { title })}
            className="focus-inset grid size-6 place-items-center rounded-md text-mute hover:text-text"
          >
            <Ellipsis size={15} aria-hidden />
          </button>
        }
      >
        <RowItems summary={summary} />
      </Menu>
    </div>
  );
}

/** Of the … button and of the context menu alike. */
function RowItems({ summary }: { readonly summary: ConversationSummary }) {
  const { t } = useTranslation();
  const { id, pinned, folderId } = summary;
  return (
    <>
      <MenuItem
        icon={pinned ? <PinOff size={16} /> : <Pin size={16} />}
        onSelect={() => void changeConversation(id, { pinned: !pinned })}
      >
        {pinned ? t('sidebar.unpin') : t('sidebar.pin')}
      </MenuItem>
      <MenuItem icon={<Pencil size={16} />} onSelect={() => useUi.setState({ renaming: id })}>
        {t('common.rename')}
      </MenuItem>
      <MenuItem icon={<ListChecks size={16} />} onSelect={() => toggleSelected(id)}>
        {t('sidebar.selectMore')}
      </MenuItem>
      <MenuSeparator />
      <MoveMenu ids={[id]} current={folderId} />
      <MenuItem icon={<Copy size={16} />} onSelect={() => void duplicateConversation(id)}>
        {t('library.duplicate')}
      </MenuItem>
      <SubMenu icon={<Download size={16} />} label={t('library.export')}>
        <ExportItems ids={[id]} />
      </SubMenu>
      <MenuSeparator />
      <MenuItem icon={<Archive size={16} />} onSelect={() => void archiveConversations([id], true)}>
        {t('library.archive')}
      </MenuItem>
      <MenuItem danger icon={<Trash2 size={16} />} onSelect={() => removeConversations([id])}>
        {t('common.delete')}
      </MenuItem>
    </>
  );
}
