import type { ComponentProps, ReactNode } from 'react';
import { ariaKeys } from '../features/shortcuts/keys';
import { Tooltip } from './tooltip';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label'> {
  /** Read aloud and shown as the tooltip. */
  readonly label: string;
  /** Shortcut shown beside the label. */
  readonly keys?: string | undefined;
  readonly size?: 'sm' | 'md';
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  /** Shows no tooltip for the time being. */
  readonly quiet?: boolean;
  readonly children: ReactNode;
}

const sizes = { sm: 'size-7 rounded-md', md: 'size-8 rounded-lg' };

export function IconButton({
  label,
  keys,
  size = 'md',
  side,
  quiet,
  className = '',
  children,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys} side={side} quiet={quiet}>
      <button
        type="button"
        aria-label={label}
        aria-keyshortcuts={ariaKeys(keys)}
        className={`grid flex-none place-items-center text-mute transition-colors duration-100 hover:bg-hover hover:text-text disabled:pointer-events-none disabled:opacity-40 data-[state=open]:bg-hover data-[state=open]:text-text ${sizes[size]} ${className}`}
        {...rest}
      >
        {children}
      </button>
    </Tooltip>
  );
}
