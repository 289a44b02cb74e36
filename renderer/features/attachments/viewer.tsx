import { ChevronLeft, ChevronRight, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { closeViewer, useViewer } from '../../stores/viewer';
import { focusItself, useDialogFocus } from '../../ui/dialog-focus';
import { IconButton } from '../../ui/icon-button';
import { ViewerBar } from '../../ui/viewer-bar';
import { usePanZoom } from './use-pan-zoom';

/** One image as large as the window, to look at closely. */
export default function Viewer() {
  const { t } = useTranslation();
  const { images, index } = useViewer();
  const focus = useDialogFocus(focusItself);
  // Not a ref: the dialog draws it a moment after its parent.
  const [stage, setStage] = useState<HTMLDivElement | null>(null);
  const view = usePanZoom(stage);
  const { reset } = view;
  const image = images[index ?? 0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another image begins as a whole.
  useEffect(reset, [index, reset]);
  if (index === null || !image) return null;
  const show = (next: number) => images[next] && useViewer.setState({ index: next });
  const onKeyDown = (event: KeyboardEvent) => {
    const pan = 60;
    const zoomed = view.scale > 1;
    const actions: Readonly<Record<string, () => void>> = {
      '+': () => view.zoom(1.25),
      '=': () => view.zoom(1.25),
      '-': () => view.zoom(0.8),
      '0': view.reset,
      ArrowLeft: () => (zoomed ? view.pan(pan, 0) : show(index - 1)),
      ArrowRight: () => (zoomed ? view.pan(-pan, 0) : show(index + 1)),
      ArrowUp: () => view.pan(0, pan),
      ArrowDown: () => view.pan(0, -pan),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  };
  const percent = `${Math.round(view.scale * 100)}%`;
  return (
    <Dialog.Root open onOpenChange={(open) => !open && closeViewer()}>
      <Dialog.Portal>
        <Dialog.Overlay className="animate-appear fixed inset-0 z-40 bg-bg/94 backdrop-blur-sm" />
        <Dialog.Content
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          {...focus}
          className="animate-appear fixed inset-0 z-50 flex flex-col"
        >
          <ViewerBar file={image} saveLabel={t('attachments.save')}>
            {images.length > 1 && (
              <span className="tabular pe-2 text-xs text-mute">
                {t('attachments.position', { index: index + 1, count: images.length })}
              </span>
            )}
            <IconButton label={t('attachments.zoomOut')} keys="-" onClick={() => view.zoom(0.8)}>
              <ZoomOut size={18} aria-hidden />
            </IconButton>
            <span role="status" className="tabular w-14 text-center text-xs text-mute">
              {percent}
            </span>
            <IconButton label={t('attachments.zoomIn')} keys="+" onClick={() => view.zoom(1.25)}>
              <ZoomIn size={18} aria-hidden />
            </IconButton>
            <IconButton label={t('attachments.fit')} keys="0" onClick={view.reset}>
              <Maximize size={17} aria-hidden />
            </IconButton>
          </ViewerBar>
          <div
            ref={setStage}
            tabIndex={-1}
            className={`relative min-h-0 flex-1 touch-none overflow-hidden outline-none ${view.scale > 1 ? 'cursor-grab active:cursor-grabbing' : 'cursor-zoom-in'}`}
          >
            <img
              key={image.url}
              src={image.url}
              alt={image.name}
              draggable={false}
              style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
              className="absolute inset-0 m-auto max-h-[calc(100%-3rem)] max-w-[calc(100%-3rem)] rounded-lg select-none"
            />
            <Step
              side="start"
              label={t('attachments.previous')}
              disabled={index === 0}
              onClick={() => show(index - 1)}
            >
              <ChevronLeft size={20} className="rtl:-scale-x-100" aria-hidden />
            </Step>
            <Step
              side="end"
              label={t('attachments.next')}
              disabled={index === images.length - 1}
              onClick={() => show(index + 1)}
            >
              <ChevronRight size={20} className="rtl:-scale-x-100" aria-hidden />
            </Step>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface StepProps {
  readonly side: 'start' | 'end';
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Step({ side, label, disabled, onClick, children }: StepProps) {
  if (disabled) return null;
  return (
    <div className={`absolute top-1/2 -translate-y-1/2 ${side === 'start' ? 'start-4' : 'end-4'}`}>
      <IconButton label={label} onClick={onClick} className="border border-line bg-raise shadow-card">
        {children}
      </IconButton>
    </div>
  );
}
