import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Kbd } from './kbd';

interface TooltipProps {
  readonly label: string;
  readonly keys?: string | undefined;
  readonly side?: 'top' | 'bottom' | 'left' | 'right' | undefined;
  readonly children: ReactNode;
}

let taken: Event | null = null;

/** Whether this press of Escape closed a tooltip: what lies below it was never asked. */
export function closedTooltip(event: Event): boolean {
  return taken === event;
}

export const TooltipProvider = Radix.Provider;

export function Tooltip({ label, keys, side = 'bottom', children }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          onEscapeKeyDown={(event) => {
            taken = event;
          }}
          className="animate-appear z-60 flex max-w-72 items-center gap-2 rounded-lg border border-line bg-raise px-2 py-1 text-xs text-text shadow-pop"
        >
          {label}
          {keys && <Kbd keys={keys} />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
