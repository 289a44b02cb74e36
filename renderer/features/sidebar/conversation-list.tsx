import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { VList, type VListHandle } from 'virtua';
import type { ConversationSummary } from '../../../electron/contract/conversations';
import { type GroupName, groupConversations } from '../../lib/grouping';
import { useConversations } from '../../stores/conversations';
import { ConversationRow } from './conversation-row';

type Entry =
  | { readonly kind: 'group'; readonly name: GroupName }
  | { readonly kind: 'conversation'; readonly summary: ConversationSummary };

export function ConversationList() {
  const { t } = useTranslation();
  const list = useConversations((state) => state.list);
  const now = useMinute();
  const handle = useRef<VListHandle>(null);
  const entries = useMemo(() => {
    const all: Entry[] = [];
    for (const group of groupConversations(list ?? [], now)) {
      all.push({ kind: 'group', name: group.name });
      for (const summary of group.conversations) all.push({ kind: 'conversation', summary });
    }
    return all;
  }, [list, now]);
  if (list?.length === 0) {
    return <p className="flex-1 px-4 pt-3 text-sm text-faint">{t('sidebar.empty')}</p>;
  }
  return (
    <nav aria-label={t('sidebar.label')} className="min-h-0 flex-1" onKeyDown={moveFocus}>
      <VList ref={handle} data={entries} className="px-2 pb-2" bufferSize={400}>
        {(entry) =>
          entry.kind === 'group' ? (
            <h3 key={entry.name} className="px-2 pt-3 pb-1 text-xs text-faint">
              {t(`sidebar.${entry.name}`)}
            </h3>
          ) : (
            <ConversationRow key={entry.summary.id} summary={entry.summary} />
          )
        }
      </VList>
    </nav>
  );
}

/** Up and down go from conversation to conversation. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  if (!(event.target instanceof HTMLElement) || !event.target.matches('[data-conversation]')) return;
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-conversation]')];
  rows[rows.indexOf(event.target) + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
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
