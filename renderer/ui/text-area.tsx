import { useEffect, useRef, useState } from 'react';

interface TextAreaProps {
  readonly value: string;
  readonly placeholder: string;
  readonly maxLength: number;
  readonly onChange: (value: string) => void;
  readonly labelledBy: string;
}

/** Several lines; kept half a second after typing pauses, and when the field is left. */
export function TextArea({ value, placeholder, maxLength, onChange, labelledBy }: TextAreaProps) {
  const [text, setText] = useState(value);
  const pending = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef({ text, onChange });
  latest.current = { text, onChange };
  useEffect(() => {
    if (pending.current === undefined) setText(value);
  }, [value]);
  const keep = () => {
    if (pending.current === undefined) return;
    clearTimeout(pending.current);
    pending.current = undefined;
    latest.current.onChange(latest.current.text);
  };
  const keepLatest = useRef(keep);
  keepLatest.current = keep;
  useEffect(() => () => keepLatest.current(), []);
  return (
    <textarea
      value={text}
      dir="auto"
      maxLength={maxLength}
      placeholder={placeholder}
      aria-labelledby={labelledBy}
      onBlur={keep}
      onChange={(event) => {
        setText(event.target.value);
        clearTimeout(pending.current);
        pending.current = setTimeout(() => keepLatest.current(), 500);
      }}
      className="field-sizing-content max-h-48 min-h-20 w-full resize-none rounded-lg border border-edge bg-control px-3 py-2 text-sm transition-colors duration-100 hover:border-line-strong focus:border-accent focus:outline-none"
    />
  );
}
