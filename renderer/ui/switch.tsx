import { Switch as Radix } from 'radix-ui';

interface SwitchProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly labelledBy: string;
}

export function Switch({ checked, onChange, labelledBy }: SwitchProps) {
  return (
    <Radix.Root
      checked={checked}
      onCheckedChange={onChange}
      aria-labelledby={labelledBy}
      className="h-5 w-9 flex-none rounded-full border border-transparent bg-line-strong transition-colors duration-150 data-[state=checked]:bg-accent in-data-[contrast=high]:data-[state=unchecked]:border-line-strong in-data-[contrast=high]:data-[state=unchecked]:bg-transparent"
    >
      <Radix.Thumb className="block size-4 translate-x-0.5 rounded-full bg-raise in-data-[contrast=high]:data-[state=unchecked]:bg-line-strong in-data-[theme=dark]:data-[state=unchecked]:bg-mute shadow-sm transition-transform duration-150 data-[state=checked]:translate-x-[1.125rem] data-[state=checked]:bg-on-accent rtl:-translate-x-0.5 rtl:data-[state=checked]:-translate-x-[1.125rem]" />
    </Radix.Root>
  );
}
