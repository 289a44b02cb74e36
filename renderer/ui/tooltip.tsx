import { Tooltip as Radix } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Kbd } from './kbd';

interface TooltipProps {
  readonly label: string;
  readonly keys?: string | undefined;
  readonly side?: 'top' | 'bottom' | 'left' | 'right' | undefined;
  /** Not now: what it would say is being done. */
  readonly quiet?: boolean | undefined;
  readonly children: ReactNode;
}

let taken: Event | null = null;

/** For what lies above a dialog without being a part of it: Radix asks it alone about Escape. */
export function takeEscape(event: Event): void {
  taken = event;
}

/** Whether this press of Escape was taken by what lies above: what lies below was never asked. */
export function escapeTaken(event: Event): boolean {
  return taken === event;
}

/** The last key, until a pointer is pressed. A focus that no Tab or arrow moved was moved by us: after a menu, say, nobody asks what its button is. */
let lastKey = '';
addEventListener('keydown', ({ key }) => (lastKey = key), true);
addEventListener('pointerdown', () => (lastKey = ''), true);
const movedByHand = () => lastKey === 'Tab' || lastKey.startsWith('Arrow');

export const TooltipProvider = Radix.Provider;

export function Tooltip({ label, keys, side = 'bottom', quiet = false, children }: TooltipProps) {
  const [open, setOpen] = useState(false);
  return (
    <Radix.Root open={open && !quiet} onOpenChange={setOpen}>
      <Radix.Trigger asChild onFocus={(event) => !movedByHand() && event.preventDefault()}>
        {children}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          onEscapeKeyDown={takeEscape}
          className="animate-appear z-60 flex max-w-72 items-center gap-2 rounded-lg border border-line bg-raise px-2 py-1 text-xs text-text shadow-pop"
        >
          {label}
          {keys && <Kbd keys={keys} />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
