import { Download, Image, type LucideIcon, MessageSquare, Quote } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { assertNever } from '../../../electron/contract/errors';
import { CONVERSATIONS, QUOTATION, readIds } from '../../lib/drag-types';
import { openConversation, useChat } from '../../stores/chat';
import { draftOf, setDraft } from '../../stores/drafts';
import { useConversationModel } from '../../stores/model-choice';
import { focusComposer } from '../composer/focus';
import { quoteInDraft } from '../conversation/quote-selection';
import { isQuickAsk } from '../quick-ask/route';
import { importFiles } from '../transfer/import';
import { addFiles } from './intake';
import { type Dragged, draggedKind, isExport, pastedFiles, startTextDrag, takeOwn } from './transfer';

const sentences = {
  files: 'attachments.drop',
  import: 'library.drop',
  conversation: 'attachments.dropConversation',
  quotation: 'attachments.dropQuotation',
} as const satisfies Readonly<Record<Dragged, string>>;

const icons: Readonly<Record<Dragged, LucideIcon>> = {
  files: Image,
  import: Download,
  conversation: MessageSquare,
  quotation: Quote,
};

async function takeDropped(files: readonly File[], conversationId: string | null): Promise<void> {
  const areExports = await Promise.all(files.map(isExport));
  const exports = files.filter((_, index) => areExports[index]);
  const others = files.filter((_, index) => !areExports[index]);
  if (exports.length > 0) void importFiles(exports);
  if (others.length > 0) await addFiles(others, conversationId);
}

function take(kind: Dragged, data: DataTransfer): void {
  const { conversationId } = useChat.getState();
  switch (kind) {
    case 'conversation': {
      const [id] = readIds(data.getData(CONVERSATIONS));
      if (id) void openConversation(id);
      return;
    }
    case 'quotation':
      setDraft(conversationId, quoteInDraft(data.getData(QUOTATION), draftOf(conversationId)));
      // After the field has the text, so that the caret goes to its end.
      requestAnimationFrame(focusComposer);
      return;
    case 'files':
    case 'import':
      if (!takeOwn(data, conversationId)) void takeDropped([...data.files], conversationId);
      focusComposer();
      return;
    default:
      assertNever(kind);
  }
}

/** Takes what is dropped or pasted anywhere in the window, and shows while it hovers that it will. */
export function DropTarget() {
  const { t } = useTranslation();
  const isElsewhere = useConversationModel()?.remote !== undefined;
  const [hovering, setHovering] = useState<Dragged | null>(null);

  useEffect(() => {
    /** Whether the drag began in this window. */
    let fromHere = false;
    const end = () => setHovering(null);
    const listen = (
      type: 'dragenter' | 'dragover' | 'dragleave' | 'drop',
      handle: (kind: Dragged, event: DragEvent, data: DataTransfer) => void,
    ) => {
      const listener = (event: DragEvent) => {
        const kind = event.dataTransfer && draggedKind(event.dataTransfer, fromHere);
        // A folder of the sidebar takes what is dropped on it.
        if (event.defaultPrevented && type === 'drop') return end();
        if (event.dataTransfer && kind) handle(kind, event, event.dataTransfer);
      };
      addEventListener(type, listener);
      return () => removeEventListener(type, listener);
    };
    const stops = [
      listen('dragenter', (kind) => setHovering(kind)),
      listen('dragover', (_, event, data) => {
        event.preventDefault();
        data.dropEffect = 'copy';
      }),
      // For nothing: out of the window. Counting what was entered and left would miss what an answer replaces meanwhile.
      listen('dragleave', (_, event) => {
        if (event.relatedTarget === null) end();
      }),
      listen('drop', (kind, event, data) => {
        // Otherwise the browser would leave the page for the file.
        event.preventDefault();
        end();
        take(kind, data);
      }),
    ];
    const onDragStart = (event: DragEvent) => {
      fromHere = true;
      startTextDrag(event);
    };
    const onDragEnd = () => {
      fromHere = false;
      end();
    };
    const onPaste = (event: ClipboardEvent) => {
      const files = event.clipboardData ? pastedFiles(event.clipboardData) : [];
      if (files.length === 0 || event.defaultPrevented) return;
      event.preventDefault();
      void addFiles(files, useChat.getState().conversationId);
      focusComposer();
    };
    addEventListener('paste', onPaste);
    addEventListener('dragstart', onDragStart);
    addEventListener('dragend', onDragEnd);
    return () => {
      for (const stop of stops) stop();
      removeEventListener('paste', onPaste);
      removeEventListener('dragstart', onDragStart);
      removeEventListener('dragend', onDragEnd);
    };
  }, []);

  if (!hovering) return null;
  const Icon = icons[hovering];
  return (
    <div
      role="status"
      className={`animate-appear pointer-events-none absolute z-30 grid place-items-center border-2 border-dashed border-accent bg-bg/86 text-center backdrop-blur-[6px] ${isQuickAsk ? 'inset-1.5 rounded-xl' : 'inset-3 rounded-[1.25rem]'}`}
    >
      <div className="px-8">
        {/* The window of a quick question may be no higher than its field. */}
        {!isQuickAsk && <Icon size={36} strokeWidth={1.6} className="mx-auto mb-3 text-accent" aria-hidden />}
        <p className={isQuickAsk ? 'font-medium' : 'text-xl font-semibold'}>{t(sentences[hovering])}</p>
        {!isQuickAsk && (hovering === 'files' || hovering === 'import') && (
          <p className="mt-0.5 text-sm text-mute">
            {t(
              hovering === 'import'
                ? 'library.dropHelp'
                : isElsewhere
                  ? 'attachments.dropHelpElsewhere'
                  : 'attachments.dropHelp',
            )}
          </p>
        )}
      </div>
    </div>
  );
}
