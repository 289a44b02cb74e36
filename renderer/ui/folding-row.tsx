import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { Switch } from './switch';

interface FoldingRowProps {
  readonly name: string;
  /** Below the name; cut to one line while the row is closed. */
  readonly detail: ReactNode;
  /** What pressing the name does. */
  readonly more: string;
  readonly state: ReactNode;
  readonly switchLabel: string;
  readonly enabled: boolean;
  readonly onSwitch: (enabled: boolean) => void;
  /** Stands open or not: what is wrong, or asked. */
  readonly notice?: ReactNode;
  /** What opening it shows. */
  readonly children: ReactNode;
}

/** One of a list in the settings: its name and state, its switch, and the rest when asked for. */
export function FoldingRow({
  name,
  detail,
  more,
  state,
  switchLabel,
  enabled,
  onSwitch,
  notice,
  children,
}: FoldingRowProps) {
  const [open, setOpen] = useState(false);
  const labelId = useId();
  const bodyId = useId();
  return (
    <li aria-label={name} className="rounded-xl border border-line">
      {/* In a narrow window the state stands below the name, which would else have a quarter of the line. */}
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 py-2.5 ps-2 pe-3.5 sm:grid-cols-[minmax(0,1fr)_auto_auto]">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={bodyId}
          aria-label={more}
          onClick={() => setOpen(!open)}
          className="group flex min-w-0 items-center gap-2 rounded-md ps-1 text-start"
        >
          <ChevronRight
            size={14}
            aria-hidden
            className={`flex-none text-faint transition-transform duration-100 ${open ? 'rotate-90' : 'rtl:-scale-x-100'}`}
          />
          <span className="min-w-0 flex-1">
            <span className="block truncate text-sm font-medium" dir="auto">
              {name}
            </span>
            <span className={`block text-xs text-faint ${open ? 'wrap-anywhere' : 'truncate'}`}>
              {detail}
            </span>
          </span>
        </button>
        <span className="max-sm:row-start-2 max-sm:mt-1 max-sm:ps-6.5">{state}</span>
        <span className="flex max-sm:row-span-2 max-sm:col-start-2 max-sm:row-start-1">
          <span id={labelId} className="sr-only">
            {switchLabel}
          </span>
          <Switch checked={enabled} labelledBy={labelId} onChange={onSwitch} />
        </span>
      </div>
      {notice}
      <div id={bodyId} hidden={!open}>
        {open && (
          <div className="animate-appear flex flex-col gap-4 border-t border-line px-4 pt-3.5 pb-4">
            {children}
          </div>
        )}
      </div>
    </li>
  );
}
