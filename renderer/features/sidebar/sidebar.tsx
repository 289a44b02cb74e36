import { PanelLeft, Search, SquarePen } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { newConversation } from '../../stores/chat';
import { useSettings } from '../../stores/settings';
import { useUi } from '../../stores/ui';
import { focusItself, useDialogFocus } from '../../ui/dialog-focus';
import { IconButton } from '../../ui/icon-button';
import { Kbd } from '../../ui/kbd';
import { EngineStatusBar } from '../engine/engine-status';
import { ariaKeys } from '../shortcuts/keys';
import { keysOf } from '../shortcuts/registry';
import { ConversationList } from './conversation-list';
import { Logo } from './logo';
import { MoreMenu } from './more-menu';
import { SelectionBar } from './selection-bar';
import { toggleSidebar } from './toggle';

export function Sidebar() {
  const { t } = useTranslation();
  const shown = useSettings((settings) => settings.sidebarOpen);
  const narrow = useUi((state) => state.narrow);
  const drawerOpen = useUi((state) => state.drawerOpen);
  // Not its first button, which would show its tooltip over the list.
  const focus = useDialogFocus(focusItself);
  if (!narrow) {
    return shown ? (
      <aside
        aria-label={t('sidebar.label')}
        className="flex w-66 max-w-[32vw] flex-none flex-col border-e border-line bg-side"
      >
        <Content />
      </aside>
    ) : null;
  }
  return (
    <Dialog.Root open={drawerOpen} onOpenChange={(open) => useUi.setState({ drawerOpen: open })}>
      <Dialog.Portal>
        <Dialog.Overlay className="animate-appear fixed inset-0 z-30 bg-overlay" />
        <Dialog.Content
          aria-describedby={undefined}
          {...focus}
          className="animate-slide-start fixed inset-y-0 start-0 z-30 flex w-66 max-w-[85%] flex-col border-e border-line bg-side shadow-pop outline-none"
        >
          <Dialog.Title className="sr-only">{t('sidebar.label')}</Dialog.Title>
          <Content />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Content() {
  const { t } = useTranslation();
  const selecting = useUi((state) => state.selection !== null);
  // What `keysOf` answers is the user's to change.
  useSettings((settings) => settings.shortcuts);
  const begin = () => {
    newConversation();
    useUi.setState({ drawerOpen: false });
  };
  return (
    <>
      <div className="flex h-(--bar) flex-none items-center gap-2 ps-4 pe-3">
        <Logo />
        <span className="font-semibold">{t('app.name')}</span>
        <div className="ms-auto flex">
          <MoreMenu />
          <IconButton label={t('sidebar.hide')} keys={keysOf('toggleSidebar')} onClick={toggleSidebar}>
            <PanelLeft size={18} aria-hidden className="rtl:-scale-x-100" />
          </IconButton>
          <IconButton label={t('sidebar.newChat')} keys={keysOf('newChat')} onClick={begin}>
            <SquarePen size={18} aria-hidden />
          </IconButton>
        </div>
      </div>
      <button
        type="button"
        aria-keyshortcuts={ariaKeys(keysOf('palette'))}
        onClick={() => useUi.setState({ paletteOpen: true, drawerOpen: false })}
        className="mx-3 mb-2 flex h-8 flex-none items-center gap-2 rounded-lg bg-soft px-2.5 text-sm text-mute transition-colors duration-100 hover:bg-hover"
      >
        <Search size={14} aria-hidden />
        {t('sidebar.search')}
        <span className="ms-auto">
          <Kbd keys={keysOf('palette')} />
        </span>
      </button>
      <ConversationList />
      {selecting ? <SelectionBar /> : <EngineStatusBar />}
    </>
  );
}
