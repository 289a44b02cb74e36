import type { TFunction } from 'i18next';
import { ERROR_KINDS, type ErrorKind } from '../../electron/contract/error-kinds';
import type { ErrorInfo } from '../../electron/contract/errors';
import { formatBytes, formatDuration, formatInteger } from './format';

export interface ErrorText {
  readonly title: string;
  readonly text: string;
  /** The program's own words, in English: they may name what the sentence leaves out. */
  readonly technical: string | null;
}

const BYTES: ReadonlySet<string> = new Set(['needed', 'free', 'expectedBytes', 'actualBytes']);
const SECONDS: ReadonlySet<string> = new Set(['seconds', 'limitSeconds']);
/** Figures that are names: grouping their digits would make others of them. */
const NAMES: ReadonlySet<string> = new Set(['port', 'status', 'result', 'cuda', 'deviceId']);

/** An error in the reader's language: what happened, why, and what to do. */
export function errorText(error: ErrorInfo, t: TFunction, locale: string): ErrorText {
  const { code, message, details = {} } = error;
  const title = t(`errors.title.${code}`, { defaultValue: t('errors.title.internal') });
  const { kind } = details;
  if (!isKind(kind)) {
    const text = t(`errors.text.${code}`, { defaultValue: message });
    return { title, text, technical: text === message ? null : message };
  }
  const shown = ERROR_KINDS[kind].map((name) => [name, parameter(name, details[name] ?? '', t, locale)]);
  // Every key has its own parameters, which the types of t() cannot follow.
  const text = (t as (key: string, options: object) => string)(
    `errors.kind.${kind}`,
    Object.fromEntries(shown),
  );
  return { title, text, technical: plain(text) === message ? null : message };
}

function isKind(kind: unknown): kind is ErrorKind {
  return typeof kind === 'string' && Object.hasOwn(ERROR_KINDS, kind);
}

function parameter(name: string, value: string | number, t: TFunction, locale: string): string {
  if (typeof value === 'string' || NAMES.has(name))
    return isolated(name === 'file' ? fileName(value) : value);
  if (BYTES.has(name)) return formatBytes(value, locale);
  if (SECONDS.has(name)) {
    // A limit of 30 seconds was not measured to a tenth.
    const isWhole = Number.isInteger(value) && value > 0 && value < 60;
    return isWhole ? t('reasoning.seconds', { value }) : formatDuration(value * 1000, t);
  }
  return formatInteger(value, locale);
}

const fileName = (path: string | number): string => String(path).split(/[\\/]/).at(-1) ?? '';

/** In directional isolates, so that a name in another script leaves the sentence around it in order. */
const isolated = (value: string | number): string => `\u2068${value}\u2069`;
const plain = (text: string): string => text.replace(/[\u2068\u2069]/g, '');
