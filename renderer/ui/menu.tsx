import { Check, ChevronRight } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { Kbd } from './kbd';

const CONTENT =
  'animate-grow z-50 max-h-[var(--radix-dropdown-menu-content-available-height)] overflow-y-auto rounded-xl border border-line bg-raise p-1 text-sm shadow-pop';

interface MenuProps {
  readonly trigger: ReactNode;
  readonly children: ReactNode;
  readonly align?: 'start' | 'center' | 'end';
  readonly side?: 'top' | 'bottom';
  readonly onOpenChange?: (open: boolean) => void;
  /** False where the chosen item moves the focus itself, for example into a field. */
  readonly returnFocus?: boolean;
  readonly wide?: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface MenuAtProps {
  readonly at: Point;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Menu({
  trigger,
  children,
  align = 'start',
  side = 'bottom',
  onOpenChange,
  returnFocus = true,
  wide = false,
}: MenuProps) {
  const escaped = useRef(false);
  return (
    <DropdownMenu.Root modal={false} {...(onOpenChange && { onOpenChange })}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          onEscapeKeyDown={() => {
            escaped.current = true;
          }}
          onCloseAutoFocus={(event) => {
            // Nothing was chosen that could have moved it.
            if (!returnFocus && !escaped.current) event.preventDefault();
            escaped.current = false;
          }}
          className={`${CONTENT} ${wide ? 'w-88 max-w-[calc(100vw-1rem)]' : 'min-w-44'}`}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Open where the pointer was when it asked for a menu. Mounted while it is open. */
export function MenuAt({ at, onClose, children }: MenuAtProps) {
  return (
    <DropdownMenu.Root modal={false} open onOpenChange={(open) => !open && onClose()}>
      <DropdownMenu.Trigger asChild>
        <span aria-hidden className="fixed size-0" style={{ left: at.x, top: at.y }} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={2}
          collisionPadding={8}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className={`${CONTENT} min-w-44`}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface ItemProps {
  readonly icon?: ReactNode;
  readonly keys?: string | undefined;
  readonly danger?: boolean;
  readonly checked?: boolean;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

export function MenuItem({
  icon,
  keys,
  danger = false,
  checked,
  disabled = false,
  onSelect,
  children,
}: ItemProps) {
  return (
    <DropdownMenu.Item
      disabled={disabled}
      onSelect={onSelect}
      className={`flex min-h-8 items-center gap-2.5 rounded-lg px-2.5 outline-none data-[disabled]:opacity-40 data-[highlighted]:bg-hover ${danger ? 'text-danger' : ''}`}
    >
      {icon && <span className={danger ? '' : 'text-mute'}>{icon}</span>}
      <span className="min-w-0 flex-1 py-1">{children}</span>
      {checked && <Check size={15} className="text-accent" aria-hidden />}
      {keys && <Kbd keys={keys} />}
    </DropdownMenu.Item>
  );
}

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
}

/** One of several that may hold at once: choosing one leaves the menu open for the next. */
export function MenuCheck({ checked, onChange, children }: CheckProps) {
  return (
    <DropdownMenu.CheckboxItem
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
      className="flex min-h-8 items-center gap-2.5 rounded-lg px-2.5 outline-none data-[highlighted]:bg-hover"
    >
      <span className="min-w-0 flex-1 py-1">{children}</span>
      <DropdownMenu.ItemIndicator>
        <Check size={15} className="text-accent" aria-hidden />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.CheckboxItem>
  );
}

interface SubMenuProps {
  readonly icon: ReactNode;
  readonly label: string;
  readonly children: ReactNode;
}

export function SubMenu({ icon, label, children }: SubMenuProps) {
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className="flex min-h-8 items-center gap-2.5 rounded-lg px-2.5 outline-none data-[highlighted]:bg-hover data-[state=open]:bg-hover">
        <span className="text-mute">{icon}</span>
        <span className="min-w-0 flex-1 py-1">{label}</span>
        <ChevronRight size={15} className="text-faint rtl:-scale-x-100" aria-hidden />
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal>
        <DropdownMenu.SubContent
          sideOffset={4}
          collisionPadding={8}
          className="animate-grow z-50 max-h-[min(24rem,var(--radix-dropdown-menu-content-available-height))] max-w-64 min-w-40 overflow-y-auto rounded-xl border border-line bg-raise p-1 text-sm shadow-pop"
        >
          {children}
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  );
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="mx-2 my-1 h-px bg-line" />;
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <DropdownMenu.Label className="px-2.5 py-1 text-xs text-faint">{children}</DropdownMenu.Label>;
}
