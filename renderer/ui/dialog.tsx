import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { focusItself, useDialogFocus } from './dialog-focus';
import { ToastHost } from './toast-host';
import { escapeTaken } from './tooltip';

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** The title is then only read aloud, and no close button is drawn. */
  readonly bare?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
  readonly onOpenAutoFocus?: (event: Event) => void;
}

/** A tooltip or a toast that happens to be there takes the Escape that was meant for the dialog. */
function closeThrough({ target, currentTarget, nativeEvent }: KeyboardEvent, close: () => void): void {
  if (target instanceof Node && currentTarget.contains(target) && escapeTaken(nativeEvent)) close();
}

/** Of the small buttons at the top of a dialog. */
export const DIALOG_BUTTON =
  'grid size-8 flex-none place-items-center rounded-lg text-mute hover:bg-hover hover:text-text';

export function DialogClose() {
  const { t } = useTranslation();
  return (
    <Radix.Close aria-label={t('common.close')} className={DIALOG_BUTTON}>
      <X size={18} aria-hidden />
    </Radix.Close>
  );
}

export function Dialog({
  open,
  onClose,
  title,
  bare = false,
  className = '',
  children,
  onOpenAutoFocus,
}: DialogProps) {
  const focus = useDialogFocus(onOpenAutoFocus ?? (bare ? undefined : focusItself));
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="animate-appear fixed inset-0 z-40 bg-overlay" />
        <Radix.Content
          aria-describedby={undefined}
          {...focus}
          onKeyDown={(event) => closeThrough(event, onClose)}
          className={`animate-grow fixed inset-x-0 z-50 mx-auto flex max-h-[calc(100%-3rem)] w-[calc(100%-3rem)] flex-col overflow-hidden rounded-2xl border border-line bg-raise shadow-pop outline-none ${className}`}
        >
          {bare ? (
            <Radix.Title className="sr-only">{title}</Radix.Title>
          ) : (
            <div className="flex h-14 flex-none items-center justify-between ps-6 pe-3">
              <Radix.Title className="font-semibold">{title}</Radix.Title>
              <DialogClose />
            </div>
          )}
          {children}
          <ToastHost />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
