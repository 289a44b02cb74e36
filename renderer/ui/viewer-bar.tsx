import { Download } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { DIALOG_BUTTON, DialogClose } from './dialog';

interface ViewerBarProps {
  readonly file: { readonly name: string; readonly url: string };
  /** Read aloud and shown as the tooltip of saving it. */
  readonly saveLabel: string;
  readonly className?: string;
  /** What can be done while it is looked at. */
  readonly children: ReactNode;
}

/** The top of a dialog that shows one file: its name, tools, save and close. */
export function ViewerBar({ file: { name, url }, saveLabel, className = '', children }: ViewerBarProps) {
  return (
    <div className={`flex min-h-14 flex-none flex-wrap items-center gap-1 ps-6 pe-3 ${className}`}>
      <Dialog.Title className="min-w-0 flex-1 truncate font-semibold">
        <bdi>{name}</bdi>
      </Dialog.Title>
      {children}
      <a href={url} download={name} aria-label={saveLabel} title={saveLabel} className={DIALOG_BUTTON}>
        <Download size={17} aria-hidden />
      </a>
      <DialogClose />
    </div>
  );
}
