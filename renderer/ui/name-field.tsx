import { type KeyboardEvent, useEffect, useRef } from 'react';

interface NameFieldProps {
  readonly name: string;
  readonly label: string;
  /** Called once, with null where nothing is to change. */
  readonly onDone: (name: string | null) => void;
}

/** A name edited in its place: Enter or leaving keeps it, Escape does not. */
export function NameField({ name, label, onDone }: NameFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const cancelled = useRef(false);
  useEffect(() => field.current?.select(), []);
  const done = () => {
    const next = field.current?.value.trim() ?? '';
    onDone(!cancelled.current && next && next !== name ? next : null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // The list around it has keys of its own.
    event.stopPropagation();
    // Enter also ends a composition of Chinese characters; that is no wish to be done.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') cancelled.current = true;
    if (event.key === 'Enter' || event.key === 'Escape') field.current?.blur();
  };
  return (
    <input
      ref={field}
      defaultValue={name}
      maxLength={200}
      dir="auto"
      aria-label={label}
      onBlur={done}
      onKeyDown={onKeyDown}
      onClick={(event) => event.stopPropagation()}
      className="-mx-2 w-full max-w-96 min-w-0 rounded-md border border-accent bg-raise px-[0.4375rem] py-0.5 font-medium outline-none"
    />
  );
}
