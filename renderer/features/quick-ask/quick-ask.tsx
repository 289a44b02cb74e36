import { ExternalLink, SquarePen, X } from 'lucide-react';
import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';
import { newConversation, useChat } from '../../stores/chat';
import { useShell } from '../../stores/shell';
import { showError } from '../../stores/toasts';
import { IconButton } from '../../ui/icon-button';
import { Toaster } from '../../ui/toaster';
import { TooltipProvider } from '../../ui/tooltip';
import { AttachmentLayers } from '../attachments/layers';
import { Composer } from '../composer/composer';
import { focusComposer } from '../composer/focus';
import { LiveRegion } from '../conversation/live-region';
import { MessageList } from '../conversation/message-list';
import { startDrag } from '../sidebar/drag';
import { Logo } from '../sidebar/logo';
import { leave } from './leave';
import { useFreshStart } from './use-fresh-start';

/** What the window grows to once there is an answer; it takes less where the screen has less. */
const WITH_ANSWER = 560;

/** One question from anywhere: the message field, the answer, and the way into the main window. */
export default function QuickAsk() {
  const { t } = useTranslation();
  const conversationId = useChat((state) => state.conversationId);
  const begun = useChat((state) => state.path.length > 0);
  const frame = useRef<HTMLElement>(null);
  useFreshStart();
  useWindowHeight(frame, begun);

  const again = () => {
    newConversation();
    focusComposer();
  };
  return (
    <TooltipProvider delayDuration={500} skipDelayDuration={200}>
      <main
        ref={frame}
        aria-label={t('quick.label')}
        className={`relative flex flex-col bg-bg ${begun ? 'h-full' : 'h-fit'}`}
      >
        {/* The frameless window is moved by this bar. */}
        <header className="flex [-webkit-app-region:drag] h-11 flex-none items-center gap-1 ps-4 pe-2">
          <Logo />
          <h1 className="ms-1.5 min-w-0 flex-1 truncate text-sm text-mute">{t('quick.title')}</h1>
          <span className="flex [-webkit-app-region:no-drag]">
            {begun && (
              <IconButton size="sm" label={t('quick.again')} onClick={again}>
                <SquarePen size={15} aria-hidden />
              </IconButton>
            )}
            {conversationId !== null && (
              <IconButton
                size="sm"
                label={t('quick.open')}
                onClick={() => openInMain(conversationId)}
                draggable
                onDragStart={(event) => startDrag(event, conversationId, '')}
              >
                <ExternalLink size={15} aria-hidden />
              </IconButton>
            )}
            <IconButton size="sm" label={t('quick.hide')} keys="escape" onClick={leave}>
              <X size={16} aria-hidden />
            </IconButton>
          </span>
        </header>
        {begun && <MessageList key={conversationId} />}
        <Composer />
        <AttachmentLayers />
        <LiveRegion />
      </main>
      <Toaster />
    </TooltipProvider>
  );
}

function openInMain(id: string): void {
  if (useShell.getState().shell === null) {
    location.hash = `#/c/${encodeURIComponent(id)}`;
    location.reload();
    return;
  }
  bridge()
    .request('shell.openConversation', id)
    .catch((error: unknown) => showError(errorInfo(error)));
}

/** The window is as high as its content while there is no answer, and has room to read when there is one. */
function useWindowHeight(frame: React.RefObject<HTMLElement | null>, begun: boolean): void {
  const own = useShell(({ shell }) => shell !== null);
  const size = useCallback((height: number) => {
    // Without it the window keeps its size, and what does not fit scrolls.
    void bridge()
      .request('shell.sizeQuickAsk', Math.ceil(height))
      .catch(() => {});
  }, []);
  useEffect(() => {
    const element = frame.current;
    if (!own || !element) return;
    if (begun) {
      size(WITH_ANSWER);
      return;
    }
    const observer = new ResizeObserver(() => size(Math.max(60, element.offsetHeight)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [own, begun, frame, size]);
}
