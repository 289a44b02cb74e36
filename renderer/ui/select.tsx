import { Check, ChevronsUpDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';

interface SelectProps<T extends string> {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
  readonly labelledBy: string;
}

export function Select<T extends string>({ value, options, onChange, labelledBy }: SelectProps<T>) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)}>
      <Radix.Trigger
        aria-labelledby={labelledBy}
        className="flex h-8 max-w-full min-w-36 flex-none items-center justify-between gap-2 rounded-lg border border-edge bg-control ps-3 pe-2 text-sm transition-colors duration-100 hover:border-line-strong"
      >
        <span className="truncate">
          <Radix.Value />
        </span>
        <ChevronsUpDown size={14} className="text-faint" aria-hidden />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="animate-grow z-60 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-xl border border-line bg-raise p-1 text-sm shadow-pop"
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="flex h-8 items-center justify-between gap-3 rounded-lg px-2.5 outline-none data-[highlighted]:bg-hover"
              >
                <Radix.ItemText>{option.label}</Radix.ItemText>
                <Radix.ItemIndicator>
                  <Check size={15} className="text-accent" aria-hidden />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
