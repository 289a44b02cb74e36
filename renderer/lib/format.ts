import type { TFunction } from 'i18next';

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}

export function formatInteger(value: number, locale: string): string {
  return numberFormat(locale, { maximumFractionDigits: 0 }).format(value);
}

/** Tokens a second: one decimal where it still says something. */
export function formatSpeed(value: number, locale: string): string {
  return numberFormat(locale, { maximumFractionDigits: value < 20 ? 1 : 0 }).format(value);
}

/** "850", "5.6k", "25k", "1.2M": short enough for the context meter. */
export function formatCompact(value: number): string {
  if (value < 1000) return String(value);
  const [scaled, unit] = value < 999_500 ? [value / 1000, 'k'] : [value / 1_000_000, 'M'];
  const digits = scaled < 9.95 ? 1 : 0;
  return `${scaled.toFixed(digits).replace(/\.0$/, '')}${unit}`;
}

/** How long something took: milliseconds where tenths would say nothing, tenths below a minute, then minutes and seconds. */
export function formatDuration(milliseconds: number, t: TFunction): string {
  if (milliseconds > 0 && milliseconds < 95) {
    return t('reasoning.milliseconds', { value: Math.ceil(milliseconds) });
  }
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return t('reasoning.seconds', { value: seconds.toFixed(1) });
  const whole = Math.round(seconds);
  return t('reasoning.minutes', { minutes: Math.floor(whole / 60), seconds: whole % 60 });
}

/** Gigabytes as systems show memory: powers of 1024. */
export function formatBytes(bytes: number, locale: string): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit >= 3 && value < 100 ? 1 : 0;
  return `${numberFormat(locale, { maximumFractionDigits: digits }).format(value)} ${units[unit]}`;
}

/** 29M, 9.4B: how models are named by size. */
export function formatParameters(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1).replace(/\.0$/, '')}B`;
  return `${Math.round(count / 1e6)}M`;
}
