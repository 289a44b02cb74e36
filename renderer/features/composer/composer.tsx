import { ArrowUp, Square } from 'lucide-react';
import {
  type ClipboardEvent,
  type KeyboardEvent,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useChat } from '../../stores/chat';
import { filesIn, returnFiles, takeFiles, useDraftFiles } from '../../stores/draft-files';
import { NEW, setDraft, useDrafts } from '../../stores/drafts';
import { useRunning } from '../../stores/live';
import { useConversationModel } from '../../stores/model-choice';
import { useSettings } from '../../stores/settings';
import { send, stop } from '../../stores/turns';
import { Tooltip } from '../../ui/tooltip';
import { AddMenu } from '../attachments/add-menu';
import { AttachmentTray } from '../attachments/attachment-tray';
import { addPastedText } from '../attachments/intake';
import { ModalityNotice, useBlindModel } from '../attachments/modality-notice';
import { HandsFreeBar } from '../voice/hands-free-bar';
import { RecordingBar, RecordingWave } from '../voice/recording-bar';
import { TalkButtons } from '../voice/talk-buttons';
import { useVoice } from '../voice/voice';
import { VoiceNotice } from '../voice/voice-notice';
import { ContextMeter } from './context-meter';
import { ContextNotice } from './context-notice';
import { focusUnlessTouched, registerComposer, registerSubmit } from './focus';
import { isSendKey } from './send-key';
import { ThinkSwitch } from './think-switch';
import { useContextUse } from './use-context-use';
import { useHeightProperty } from './use-height';

const ToolsButton = lazy(() => import('../tools/tools-button'));
const ToolsNotice = lazy(() => import('../tools/tools-notice'));
const RemoteNotice = lazy(() => import('../connections/remote-notice'));

/** Pastes from here on (in UTF-16 units) become a document. */
const LONG_PASTE = 20_000;

export function Composer() {
  const { t } = useTranslation();
  const conversationId = useChat((state) => state.conversationId);
  const key = conversationId ?? NEW;
  const draft = useDrafts((state) => state.byConversation[key] ?? '');
  const begun = useChat((state) => state.path.length > 0);
  const running = useRunning((state) => key in state.byConversation);
  const files = useDraftFiles((state) => filesIn(state, conversationId)).filter(
    (file) => file.kind !== 'media',
  );
  const blind = useBlindModel(conversationId) !== null;
  const frame = useRef<HTMLDivElement>(null);
  useHeightProperty(frame, '--composer-height');
  const field = useRef<HTMLTextAreaElement>(null);
  const talking = useVoice(({ phase }) => phase !== 'idle');
  const context = useContextUse(draft);
  const isElsewhere = useConversationModel()?.remote !== undefined;
  const hasTools = useSettings(({ toolServers }) => toolServers.some(({ enabled }) => enabled));

  useEffect(() => registerComposer(field), []);
  // A conversation that opens is one to write in.
  useEffect(() => {
    if (conversationId !== undefined) focusUnlessTouched();
  }, [conversationId]);

  // A recording whose words were taken out of the message says nothing to the model.
  const empty = draft.trim() === '' && files.every(({ attachment }) => attachment?.transcribed === true);
  const uploading = files.some(({ attachment }) => attachment === null);
  const blocked = empty || blind || context.over > 0;
  /** What is to be sent as soon as its files have arrived. */
  const [waiting, setWaiting] = useState<{ readonly key: string; readonly ids: readonly string[] } | null>(
    null,
  );
  // Without a file that was refused it says something else, and elsewhere another message: those are the user's to send.
  const isWhole =
    waiting?.key === key && waiting.ids.every((wanted) => files.some(({ id }) => id === wanted));
  const submit = () => {
    if (blocked) return;
    setWaiting(uploading ? { key, ids: files.map(({ id }) => id) } : null);
    if (uploading) return;
    const taken = takeFiles(conversationId);
    void send(draft, taken).then((sent) => {
      if (!sent) returnFiles(conversationId, taken);
    });
  };
  const sendWaiting = useEffectEvent(submit);
  useEffect(() => registerSubmit(() => sendWaiting()), []);
  useEffect(() => {
    if (waiting === null) return;
    if (!isWhole) setWaiting(null);
    else if (!uploading) sendWaiting();
  }, [waiting, isWhole, uploading]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isSendKey(event)) return;
    event.preventDefault();
    if (!running) submit();
  };
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text/plain');
    if (text.length < LONG_PASTE) return;
    // A text field that holds megabytes takes seconds for every key; the text stands beside it as a document.
    event.preventDefault();
    addPastedText(text, conversationId);
  };

  return (
    <div ref={frame} className="flex-none px-6 pt-2 pb-5">
      <div className="mx-auto max-w-[47rem]">
        <ModalityNotice conversationId={conversationId} />
        <ContextNotice over={context.over} near={context.near} />
        <Suspense>{hasTools && <ToolsNotice />}</Suspense>
        <Suspense>{isElsewhere && <RemoteNotice />}</Suspense>
        <VoiceNotice />
        <HandsFreeBar />
        <div className="rounded-2xl border border-line bg-raise p-3 shadow-card transition-colors duration-100 focus-within:border-line-strong">
          <AttachmentTray conversationId={conversationId} />
          <div className="relative">
            <textarea
              ref={field}
              value={draft}
              rows={1}
              dir="auto"
              aria-label={t('composer.label')}
              placeholder={talking ? '' : t('composer.placeholder')}
              onChange={(event) => setDraft(conversationId, event.target.value)}
              onKeyDown={onKeyDown}
              onPaste={onPaste}
              className="field-sizing-content block max-h-[min(20rem,40vh)] min-h-9 w-full resize-none bg-transparent px-1.5 pt-1 pb-2 outline-none"
            />
            {/* In the room of the text, where there is none yet: the height stays, and the voice has the whole width. */}
            {talking && draft === '' && <RecordingWave />}
          </div>
          <div className="@container flex items-center gap-1">
            {talking ? (
              <RecordingBar besideText={draft !== ''} />
            ) : (
              <>
                <AddMenu conversationId={conversationId} />
                <ThinkSwitch />
                <Suspense>{hasTools && <ToolsButton />}</Suspense>
                <span className="flex-1" />
                {(begun || !empty) && <ContextMeter context={context} />}
              </>
            )}
            <TalkButtons />
            {running ? (
              <RoundButton label={t('composer.stop')} keys="escape" onClick={() => void stop()}>
                <Square size={12} fill="currentColor" aria-hidden />
              </RoundButton>
            ) : talking ? null : (
              <RoundButton label={t('composer.send')} keys="enter" disabled={blocked} onClick={submit}>
                <ArrowUp size={18} aria-hidden />
              </RoundButton>
            )}
          </div>
        </div>
      </div>
    </div>
  );
}

interface RoundButtonProps {
  readonly label: string;
  readonly keys: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function RoundButton({ label, keys, disabled = false, onClick, children }: RoundButtonProps) {
  return (
    <Tooltip label={label} keys={keys} side="top">
      <button
        type="button"
        aria-label={label}
        disabled={disabled}
        onClick={onClick}
        className="grid size-8 flex-none place-items-center rounded-[0.625rem] bg-accent text-on-accent transition-colors duration-100 hover:bg-accent-hover disabled:bg-soft disabled:text-faint"
      >
        {children}
      </button>
    </Tooltip>
  );
}
