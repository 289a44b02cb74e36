import { ToggleGroup } from 'radix-ui';

interface SegmentedProps<T extends string> {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
  readonly labelledBy?: string;
  /** Where no text beside it names it. */
  readonly label?: string;
}

/** A few choices of which one holds, all in view. */
export function Segmented<T extends string>({
  value,
  options,
  onChange,
  labelledBy,
  label,
}: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      // Pressing the chosen one again must not leave none chosen.
      onValueChange={(next) => next && onChange(next as T)}
      aria-labelledby={labelledBy}
      aria-label={label}
      className="flex w-fit flex-none rounded-lg bg-soft p-0.5"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className="focus-inset h-7 rounded-md px-3 text-sm max-sm:px-2 whitespace-nowrap text-mute transition-colors duration-100 hover:text-text data-[state=on]:bg-pill data-[state=on]:font-medium data-[state=on]:text-text data-[state=on]:shadow-[0_0_0_1px_var(--edge)]"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
