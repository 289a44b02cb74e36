import { FolderDown } from 'lucide-react';
import { type DragEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bridge } from '../../bridge/bridge';
import { useModels } from '../../stores/models';
import { showToast } from '../../stores/toasts';
import { lookInto } from './choice';

/** Takes a folder dropped anywhere on the page; only a window of our own learns where it lies. */
export function DropFolder({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const holdsFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  const drop = (event: DragEvent) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    useModels.setState({ adding: true, getting: false });
    const [file] = event.dataTransfer.files;
    const path = file && bridge().pathOf?.(file);
    if (path) void lookInto(path);
    else showToast(t('addModel.dropBrowser'));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button and the field are the first.
    <div
      className="relative flex min-h-0 flex-1 flex-col"
      onDragOver={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={drop}
    >
      {children}
      {over && (
        <div className="pointer-events-none absolute inset-2 grid place-items-center rounded-xl border-2 border-dashed border-accent bg-tint">
          <p className="flex items-center gap-2 text-sm font-medium text-accent">
            <FolderDown size={18} aria-hidden />
            {t('addModel.drop')}
          </p>
        </div>
      )}
    </div>
  );
}
