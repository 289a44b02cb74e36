import { type ComponentProps, useId } from 'react';

/** Of a field of one line, also where it stands without a label above it. */
export const INPUT =
  'h-8 w-full min-w-0 rounded-lg border border-edge bg-control px-3 text-sm transition-colors duration-100 hover:border-line-strong focus:border-accent focus:outline-none';

interface TextFieldProps extends ComponentProps<'input'> {
  readonly label: string;
  /** Addresses, commands and keys, which read from left to right. */
  readonly mono?: boolean;
  /** What is wrong with what was typed. */
  readonly problem?: string | null;
  readonly onText: (text: string) => void;
}

/** One line of text under its label. */
export function TextField({ label, mono = false, problem = null, onText, ...rest }: TextFieldProps) {
  const id = useId();
  const problemId = useId();
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1">
      <label htmlFor={id} className="text-xs text-faint">
        {label}
      </label>
      <input
        id={id}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : problemId}
        onChange={(event) => onText(event.target.value)}
        className={`${INPUT} ${mono ? 'font-mono text-xs' : ''} ${problem ? 'border-danger' : ''}`}
        {...(mono && { dir: 'ltr' })}
        {...rest}
      />
      {problem && (
        <p id={problemId} role="alert" className="text-xs text-danger">
          {problem}
        </p>
      )}
    </div>
  );
}
