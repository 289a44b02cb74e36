import { type DragEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { VList, type VListHandle } from 'virtua';
import { useChat } from '../../stores/chat';
import { useConversations } from '../../stores/conversations';
import { useFolders } from '../../stores/folders';
import { ConversationRow } from './conversation-row';
import { dragsConversations, dropInto } from './drag';
import { type Entry, toEntries } from './entries';
import { FolderRow } from './folder-row';
import { lineKey, onListKey } from './list-keys';
import { setSelectionOrder } from './selection';

export function ConversationList() {
  const { t } = useTranslation();
  const list = useConversations((state) => state.list);
  const folders = useFolders((state) => state.list);
  const closed = useFolders((state) => state.closed);
  const now = useMinute();
  const handle = useRef<VListHandle>(null);
  const inView = useChat((state) => state.conversationId);
  const [focused, setFocused] = useState<string | null>(null);
  const entries = useMemo(
    () => toEntries({ conversations: list ?? [], folders, closed, now }),
    [list, folders, closed, now],
  );
  const stop = useMemo(() => tabStop(entries, [focused, inView]), [entries, focused, inView]);
  useEffect(
    () => setSelectionOrder(entries.flatMap((entry) => (entry.kind === 'conversation' ? [entry.key] : []))),
    [entries],
  );
  if (list !== null && entries.length === 0) {
    return <p className="flex-1 px-4 pt-3 text-sm text-faint">{t('sidebar.empty')}</p>;
  }
  return (
    <nav
      aria-label={t('sidebar.label')}
      className="min-h-0 flex-1"
      onKeyDown={(event) => onListKey(event, entries, handle.current)}
      onFocus={({ target }) => setFocused(lineKey(target))}
      onBlur={({ currentTarget, relatedTarget }) => {
        // Its own menus are drawn elsewhere.
        if (relatedTarget && !currentTarget.contains(relatedTarget) && !relatedTarget.closest('[role=menu]'))
          setFocused(null);
      }}
      onDragOver={(event) => allowOutside(event)}
      onDrop={(event) => leavesFolder(event) && dropInto(event, null)}
    >
      <VList
        ref={handle}
        data={entries}
        className="px-2 pb-2"
        bufferSize={400}
        keepMounted={stop < 0 ? [] : [stop]}
      >
        {(entry, index) => {
          switch (entry.kind) {
            case 'group':
              return (
                <h3 key={entry.key} className="px-2 pt-(--group-gap) pb-1 text-xs text-faint">
                  {t(`sidebar.${entry.name}`)}
                </h3>
              );
            case 'folder':
              return (
                <FolderRow
                  key={entry.key}
                  folder={entry.folder}
                  count={entry.count}
                  open={entry.open}
                  isTabStop={index === stop}
                />
              );
            case 'empty':
              return (
                <p key={entry.key} className="py-1.5 ps-8 pe-2 text-xs text-faint">
                  {t('folders.empty')}
                </p>
              );
            default:
              return (
                <ConversationRow
                  key={entry.key}
                  summary={entry.summary}
                  isTabStop={index === stop}
                  inside={!entry.summary.pinned && folders.some(({ id }) => id === entry.summary.folderId)}
                />
              );
          }
        }}
      </VList>
    </nav>
  );
}

/** The line that is reached with Tab, from which arrows lead to the others: the first of these that is there, else the first line. */
function tabStop(entries: readonly Entry[], wanted: readonly (string | null)[]): number {
  for (const key of wanted) {
    const at = key === null ? -1 : entries.findIndex((entry) => entry.key === key);
    if (at >= 0) return at;
  }
  return entries.findIndex(({ kind }) => kind === 'conversation' || kind === 'folder');
}

/** Dropped among the dates, a conversation leaves its folder. */
function leavesFolder({ target }: DragEvent): boolean {
  return target instanceof Element && !target.closest('[data-folder], [data-inside]');
}

function allowOutside(event: DragEvent): void {
  if (dragsConversations(event) && leavesFolder(event)) event.preventDefault();
}

/** The time to the minute: "today" ends at midnight also for a window that stays open. */
function useMinute(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
