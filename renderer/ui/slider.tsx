import type { CSSProperties, KeyboardEvent } from 'react';

interface SliderProps {
  readonly value: number;
  readonly min?: number;
  readonly max: number;
  readonly step: number;
  /** What the value is called aloud: "1.5 ×", "0:07". */
  readonly text: string;
  readonly onChange: (value: number) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly labelledBy?: string;
  /** Where no text beside it names it. */
  readonly label?: string;
  readonly className?: string;
}

/** A value between two others, the part below it filled. */
export function Slider({
  value,
  min = 0,
  max,
  step,
  text,
  onChange,
  onKeyDown,
  labelledBy,
  label,
  className = '',
}: SliderProps) {
  const share = max > min ? (Math.min(max, Math.max(min, value)) - min) / (max - min) : 0;
  return (
    <input
      type="range"
      min={min}
      max={max}
      step={step}
      value={value}
      aria-label={label}
      aria-labelledby={labelledBy}
      aria-valuetext={text}
      onChange={(event) => onChange(Number(event.target.value))}
      onKeyDown={onKeyDown}
      style={{ '--share': `${share * 100}%` } as CSSProperties}
      className={`slider ${className}`}
    />
  );
}
