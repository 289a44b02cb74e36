import { type KeyboardEvent, useEffect, useState } from 'react';

interface NumberFieldProps {
  /** Undefined where the field is empty and its placeholder says what holds instead. */
  readonly value: number | undefined;
  readonly min: number;
  readonly max?: number;
  /** 1 for whole numbers. */
  readonly step: number;
  readonly placeholder: string;
  readonly onChange: (value: number | undefined) => void;
  readonly labelledBy: string;
}

/** A number that may be left out. It takes effect when the field is left or Enter is pressed, within its bounds. */
export function NumberField({ value, min, max, step, placeholder, onChange, labelledBy }: NumberFieldProps) {
  const [text, setText] = useState(value === undefined ? '' : String(value));
  useEffect(() => setText(value === undefined ? '' : String(value)), [value]);
  const commit = () => {
    const typed = Number(text.replace(',', '.'));
    if (text.trim() === '') {
      if (value !== undefined) onChange(undefined);
      return;
    }
    if (!Number.isFinite(typed)) {
      setText(value === undefined ? '' : String(value));
      return;
    }
    const whole = Number.isInteger(step) ? Math.round(typed) : typed;
    const next = Math.min(max ?? Number.POSITIVE_INFINITY, Math.max(min, whole));
    setText(String(next));
    if (next !== value) onChange(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') commit();
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    const from = Number.isFinite(Number(text)) && text !== '' ? Number(text) : min;
    const next = from + (event.key === 'ArrowUp' ? step : -step);
    const bounded = Math.min(max ?? Number.POSITIVE_INFINITY, Math.max(min, Number(next.toFixed(4))));
    setText(String(bounded));
    onChange(bounded);
  };
  return (
    <input
      inputMode="decimal"
      role="spinbutton"
      aria-labelledby={labelledBy}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={value}
      value={text}
      placeholder={placeholder}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={onKeyDown}
      className="tabular h-8 w-36 flex-none rounded-lg border border-edge bg-control px-3 text-sm transition-colors duration-100 hover:border-line-strong focus:border-accent focus:outline-none"
    />
  );
}
