import { Image } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChat } from '../../stores/chat';
import { focusComposer } from '../composer/focus';
import { importFiles } from '../transfer/import';
import { addFiles } from './intake';
import { holdsOnlyExports, isAcceptable, isExport, pastedFiles, takeOwn } from './transfer';

async function takeDropped(files: readonly File[], conversationId: string | null): Promise<void> {
  const areExports = await Promise.all(files.map(isExport));
  const exports = files.filter((_, index) => areExports[index]);
  const others = files.filter((_, index) => !areExports[index]);
  if (exports.length > 0) void importFiles(exports);
  if (others.length > 0) await addFiles(others, conversationId);
}

/** Takes files dropped or pasted anywhere in the window, and shows while they hover that it will. */
export function DropTarget() {
  const { t } = useTranslation();
  const [hovering, setHovering] = useState<'ask' | 'import' | null>(null);

  useEffect(() => {
    // Every element the pointer crosses is entered and left; it is outside when all were left.
    let depth = 0;
    const end = () => {
      depth = 0;
      setHovering(null);
    };
    const listen = (
      type: 'dragenter' | 'dragover' | 'dragleave' | 'drop',
      handle: (event: DragEvent, data: DataTransfer) => void,
    ) => {
      const listener = (event: DragEvent) => {
        if (event.dataTransfer && isAcceptable(event.dataTransfer)) handle(event, event.dataTransfer);
      };
      addEventListener(type, listener);
      return () => removeEventListener(type, listener);
    };
    const stops = [
      listen('dragenter', (_, data) => {
        depth += 1;
        setHovering(holdsOnlyExports(data) ? 'import' : 'ask');
      }),
      listen('dragover', (event, data) => {
        event.preventDefault();
        data.dropEffect = 'copy';
      }),
      listen('dragleave', () => {
        depth -= 1;
        if (depth <= 0) end();
      }),
      listen('drop', (event, data) => {
        // Otherwise the browser would leave the page for the file.
        event.preventDefault();
        end();
        const { conversationId } = useChat.getState();
        if (takeOwn(data, conversationId)) {
          focusComposer();
          return;
        }
        void takeDropped([...data.files], conversationId);
        focusComposer();
      }),
    ];
    const onPaste = (event: ClipboardEvent) => {
      const files = event.clipboardData ? pastedFiles(event.clipboardData) : [];
      if (files.length === 0 || event.defaultPrevented) return;
      event.preventDefault();
      void addFiles(files, useChat.getState().conversationId);
      focusComposer();
    };
    addEventListener('paste', onPaste);
    addEventListener('dragend', end);
    return () => {
      for (const stop of stops) stop();
      removeEventListener('paste', onPaste);
      removeEventListener('dragend', end);
    };
  }, []);

  if (!hovering) return null;
  return (
    <div
      role="status"
      className="animate-appear pointer-events-none absolute inset-3 z-30 grid place-items-center rounded-[1.25rem] border-2 border-dashed border-accent bg-bg/86 text-center backdrop-blur-[6px]"
    >
      <div className="px-8">
        <Image size={36} strokeWidth={1.6} className="mx-auto mb-3 text-accent" aria-hidden />
        <p className="text-xl font-semibold">{t(hovering === 'ask' ? 'attachments.drop' : 'library.drop')}</p>
        <p className="mt-0.5 text-sm text-mute">
          {t(hovering === 'ask' ? 'attachments.dropHelp' : 'library.dropHelp')}
        </p>
      </div>
    </div>
  );
}
