import { PanelLeft, PanelRight, SquarePen } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { newConversation, useChat } from '../../stores/chat';
import { changeConversation, useConversations } from '../../stores/conversations';
import { useSettings } from '../../stores/settings';
import { useUi } from '../../stores/ui';
import { IconButton } from '../../ui/icon-button';
import { NameField } from '../../ui/name-field';
import { ModelPicker } from '../engine/model-picker';
import { keysOf } from '../shortcuts/registry';
import { toggleSidebar } from '../sidebar/toggle';
import { ShareMenu } from './share-menu';

export function Header() {
  const { t } = useTranslation();
  const sidebarShown = useSettings((settings) => settings.sidebarOpen);
  const narrow = useUi((state) => state.narrow);
  const detailsOpen = useUi((state) => state.detailsOpen);
  const begun = useChat((state) => state.path.length > 0);
  const hidden = narrow || !sidebarShown;
  return (
    <header
      className={`@container flex h-(--bar) flex-none items-center gap-3 pe-4 ${hidden ? 'ps-3' : 'ps-6'}`}
    >
      {hidden && (
        <div className="flex">
          <IconButton label={t('sidebar.show')} keys={keysOf('toggleSidebar')} onClick={toggleSidebar}>
            <PanelLeft size={18} aria-hidden className="rtl:-scale-x-100" />
          </IconButton>
          <IconButton label={t('sidebar.newChat')} keys={keysOf('newChat')} onClick={newConversation}>
            <SquarePen size={18} aria-hidden />
          </IconButton>
        </div>
      )}
      {/* One above the other where there is no room for both: neither is cut. */}
      <div className="flex min-w-0 flex-1 items-center gap-3 @max-xl:flex-col @max-xl:items-start @max-xl:gap-0">
        <Title />
        <ModelPicker />
      </div>
      {begun && <ShareMenu />}
      <IconButton
        label={detailsOpen ? t('details.close') : t('header.details')}
        keys={keysOf('details')}
        aria-pressed={detailsOpen}
        onClick={() => useUi.setState({ detailsOpen: !detailsOpen })}
      >
        <PanelRight size={18} aria-hidden className="rtl:-scale-x-100" />
      </IconButton>
    </header>
  );
}

function Title() {
  const { t } = useTranslation();
  const id = useChat((state) => state.conversationId);
  const title = useConversations((state) => state.list?.find((summary) => summary.id === id)?.title);
  const renaming = useUi((state) => id !== null && state.renaming === `header:${id}`);
  // What tabs, the browser's history and the system's list of windows call the page.
  useEffect(() => {
    document.title = title ? `${title} – AutoGLM` : 'AutoGLM';
  }, [title]);
  if (!id || title === undefined) {
    return (
      <h2 className="max-w-full min-w-0 truncate text-[0.9375rem] font-semibold">{t('header.untitled')}</h2>
    );
  }
  if (renaming) return <TitleField id={id} title={title} />;
  return (
    <h1 className="-mx-2 max-w-[calc(100%+1rem)] min-w-0 text-[0.9375rem] font-semibold">
      <button
        type="button"
        aria-label={t('header.editTitle', { title })}
        onClick={() => useUi.setState({ renaming: `header:${id}` })}
        className="block max-w-full cursor-text truncate rounded-md px-2 py-0.5 hover:bg-hover @max-xl:py-0"
      >
        <span dir="auto">{title || t('header.untitled')}</span>
      </button>
    </h1>
  );
}

interface TitleFieldProps {
  readonly id: string;
  readonly title: string;
  readonly onDone?: () => void;
}

export function TitleField({ id, title, onDone }: TitleFieldProps) {
  const { t } = useTranslation();
  return (
    <NameField
      name={title}
      label={t('sidebar.renameLabel')}
      onDone={(next) => {
        useUi.setState({ renaming: null });
        if (next !== null) void changeConversation(id, { title: next });
        onDone?.();
      }}
    />
  );
}
