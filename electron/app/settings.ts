import { readFileSync, renameSync } from 'node:fs';
import { AppError, type ErrorInfo } from '../contract/errors';
import { defaultSettings, type Settings, SettingsSchema } from '../contract/settings';
import { writePrivately } from './private-file';
import { asidePath } from './set-aside';

/** The settings document: read once, written whole on every change. */
export class SettingsStore {
  readonly notices: readonly ErrorInfo[];
  readonly #file: string;
  readonly #changed: (settings: Settings) => void;
  #settings: Settings;

  constructor(file: string, changed: (settings: Settings) => void = () => {}, now = new Date()) {
    this.#file = file;
    this.#changed = changed;
    const { settings, notices } = read(file, now);
    this.#settings = settings;
    this.notices = notices;
  }

  get(): Settings {
    return this.#settings;
  }

  /** `change` has been checked against the schema; keys it leaves out stay as they are. */
  update(change: Partial<Settings>): Settings {
    const settings = SettingsSchema.parse({ ...this.#settings, ...change });
    write(this.#file, settings);
    this.#settings = settings;
    this.#changed(settings);
    return settings;
  }
}

function read(file: string, now: Date): { settings: Settings; notices: readonly ErrorInfo[] } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { settings: defaultSettings, notices: [] };
    throw new AppError(
      'internal',
      `The settings ${file} could not be read (${String(error)}). Check the file's permissions.`,
      { kind: 'settings-unread', path: file },
    );
  }
  const stored = parseObject(text);
  if (!stored)
    return setAside(file, now, defaultSettings, 'The settings were damaged and could not be read.', {
      kind: 'settings-set-aside',
    });

  const whole = SettingsSchema.safeParse(stored);
  if (whole.success) return { settings: whole.data, notices: [] };
  // One wrong value must not cost the others.
  const wrong = new Set(whole.error.issues.map((issue) => String(issue.path[0])));
  const rest = Object.fromEntries(Object.entries(stored).filter(([key]) => !wrong.has(key)));
  return setAside(
    file,
    now,
    SettingsSchema.parse(rest),
    `Some settings could not be read and are back at their defaults: ${[...wrong].join(', ')}.`,
    { kind: 'settings-partly-reset', fields: [...wrong].join(', ') },
  );
}

function setAside(
  file: string,
  now: Date,
  settings: Settings,
  reason: string,
  details: Readonly<Record<string, string>>,
) {
  const aside = asidePath(file, now);
  renameSync(file, aside);
  write(file, settings);
  const message = `${reason} The old file was kept as ${aside}.`;
  return { settings, notices: [{ code: 'internal', message, details: { ...details, aside } }] as const };
}

function write(file: string, settings: Settings): void {
  try {
    writePrivately(file, `${JSON.stringify(settings, null, 2)}\n`);
  } catch (error) {
    if (hasCode(error, 'ENOSPC')) {
      throw new AppError(
        'disk-full',
        'The disk is full, so the settings could not be saved. Free some space and try again.',
        { kind: 'settings-disk-full' },
      );
    }
    throw new AppError(
      'internal',
      `The settings could not be saved to ${file} (${String(error)}). Check the folder's permissions.`,
      { kind: 'settings-unsaved', path: file },
    );
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
