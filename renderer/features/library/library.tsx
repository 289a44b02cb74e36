import { Archive, ArchiveRestore, RotateCcw, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { VList } from 'virtua';
import type { ConversationSummary } from '../../../electron/contract/conversations';
import { openConversation } from '../../stores/chat';
import { deleteConversations, useConversations } from '../../stores/conversations';
import {
  archiveConversations,
  deleteForever,
  openLibrary,
  restoreFromBin,
  useLibrary,
} from '../../stores/library';
import { useUi } from '../../stores/ui';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { IconButton } from '../../ui/icon-button';
import { Segmented } from '../../ui/segmented';

const close = () => useLibrary.setState({ open: null });

/** What is not in the sidebar: the archive and the bin. */
export default function Library() {
  const { t } = useTranslation();
  const open = useLibrary((state) => state.open) ?? 'archive';
  return (
    <Dialog
      open
      onClose={close}
      title={t('library.title')}
      className="top-[max(1.5rem,calc(50vh-17rem))] h-[34rem] max-w-xl"
    >
      <div className="flex-none px-6 pb-3">
        <Segmented
          value={open}
          label={t('library.title')}
          onChange={openLibrary}
          options={[
            { value: 'archive', label: t('library.archiveTitle') },
            { value: 'bin', label: t('library.bin') },
          ]}
        />
      </div>
      {open === 'archive' ? <ArchiveList /> : <Bin />}
    </Dialog>
  );
}

function ArchiveList() {
  const { t } = useTranslation();
  const list = useConversations((state) => state.list) ?? [];
  const archived = list.filter((summary) => summary.archived);
  if (archived.length === 0) {
    return <Nothing icon={<Archive size={22} aria-hidden />} text={t('library.archiveEmpty')} />;
  }
  return (
    <Rows
      list={archived}
      time="updatedAt"
      onOpen={({ id }) => {
        close();
        useUi.setState({ drawerOpen: false });
        void openConversation(id);
      }}
      actions={({ id, title }) => (
        <>
          <IconButton
            size="sm"
            label={`${t('library.unarchive')}: ${title}`}
            onClick={() => void archiveConversations([id], false)}
          >
            <ArchiveRestore size={16} aria-hidden />
          </IconButton>
          <IconButton
            size="sm"
            label={`${t('common.delete')}: ${title}`}
            onClick={() => void deleteConversations([id])}
          >
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </>
      )}
    />
  );
}

function Bin() {
  const { t } = useTranslation();
  const bin = useLibrary((state) => state.bin);
  const [asked, setAsked] = useState<readonly ConversationSummary[] | null>(null);
  if (bin === null) return <div role="status" aria-label={t('common.loading')} className="flex-1" />;
  const ids = bin.map(({ id }) => id);
  return (
    <>
      {bin.length === 0 ? (
        <Nothing icon={<Trash2 size={22} aria-hidden />} text={t('library.binEmpty')} />
      ) : (
        <>
          <div className="flex flex-none items-center gap-2 px-6 pb-2">
            <p className="min-w-0 flex-1 text-xs text-mute">{t('library.binHelp')}</p>
            <Button size="sm" onClick={() => void restoreFromBin(ids)}>
              {t('library.restoreAll')}
            </Button>
            <Button size="sm" look="danger" onClick={() => setAsked(bin)}>
              {t('library.emptyBin')}
            </Button>
          </div>
          <Rows
            list={bin}
            time="deletedAt"
            actions={(summary) => (
              <>
                <IconButton
                  size="sm"
                  label={`${t('library.restore')}: ${summary.title}`}
                  onClick={() => void restoreFromBin([summary.id])}
                >
                  <RotateCcw size={16} aria-hidden />
                </IconButton>
                <IconButton
                  size="sm"
                  label={`${t('library.deleteForever')}: ${summary.title}`}
                  onClick={() => setAsked([summary])}
                >
                  <Trash2 size={16} aria-hidden />
                </IconButton>
              </>
            )}
          />
        </>
      )}
      <Confirm
        open={asked !== null}
        title={t('library.confirmTitle', { count: asked?.length ?? 0 })}
        text={t('library.confirmText')}
        action={t('library.deleteForever')}
        onClose={() => setAsked(null)}
        onConfirm={() => void deleteForever(asked?.map(({ id }) => id) ?? [])}
      />
    </>
  );
}

interface RowsProps {
  readonly list: readonly ConversationSummary[];
  readonly time: 'updatedAt' | 'deletedAt';
  readonly onOpen?: (summary: ConversationSummary) => void;
  readonly actions: (summary: ConversationSummary) => ReactNode;
}

function Rows({ list, time, onOpen, actions }: RowsProps) {
  const { t, i18n } = useTranslation();
  const day = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium' });
  return (
    <VList data={list} className="flex-1 border-t border-line px-3 py-2" bufferSize={300}>
      {(summary) => {
        const title = summary.title || t('header.untitled');
        return (
          <div key={summary.id} className="flex h-9 items-center gap-2 rounded-lg ps-3 pe-1 hover:bg-hover">
            {onOpen ? (
              <button
                type="button"
                onClick={() => onOpen(summary)}
                dir="auto"
                className="min-w-0 flex-1 truncate rounded-md py-1 text-start text-sm"
              >
                {title}
              </button>
            ) : (
              <span className="min-w-0 flex-1 truncate text-sm" dir="auto">
                {title}
              </span>
            )}
            <span className="tabular flex-none text-xs text-faint">{day.format(summary[time] ?? 0)}</span>
            {actions({ ...summary, title })}
          </div>
        );
      }}
    </VList>
  );
}

function Nothing({ icon, text }: { readonly icon: ReactNode; readonly text: string }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-3 px-10 pb-16 text-center text-sm text-mute">
      <span className="text-faint">{icon}</span>
      <p className="max-w-80">{text}</p>
    </div>
  );
}
