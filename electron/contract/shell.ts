import type { ErrorInfo } from './errors';

/** OpenAI's API on this machine. */
export type ServerStatus =
  | { readonly state: 'off' }
  | { readonly state: 'running'; readonly url: string }
  /** The port is taken, most often. */
  | { readonly state: 'failed'; readonly port: number; readonly error: ErrorInfo };

export type UpdateStatus =
  /** Not packaged, or packaged without a feed: nothing is ever looked for. */
  | { readonly state: 'unavailable' }
  | { readonly state: 'idle' }
  | { readonly state: 'checking' }
  | { readonly state: 'current'; readonly checkedAt: number }
  | { readonly state: 'available'; readonly version: string }
  | { readonly state: 'downloading'; readonly version: string; readonly fraction: number }
  | { readonly state: 'downloaded'; readonly version: string }
  | { readonly state: 'failed'; readonly message: string };

/** `taken`: another program has the combination, or the system keeps it. */
export type GlobalShortcutState = 'off' | 'registered' | 'taken';

/** What only a window of our own has; a page in a browser gets null in its place. */
export interface ShellStatus {
  readonly quickAsk: GlobalShortcutState;
  readonly talk: GlobalShortcutState;
  readonly update: UpdateStatus;
  /** Whether this system and this build can start the app at login. */
  readonly canLaunchAtLogin: boolean;
  /** Whether there is a tray to close into. */
  readonly tray: boolean;
}

/** Sections of the settings that can be led to from outside the page. */
export const SETTINGS_SECTIONS = [
  'general',
  'appearance',
  'generation',
  'voice',
  'connections',
  'tools',
  'server',
  'shortcuts',
  'privacy',
  'about',
] as const;
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

/** What an `autoglm://` link asks for. It never sends anything by itself. */
export type DeepLink =
  | { readonly kind: 'new'; readonly text: string }
  | { readonly kind: 'conversation'; readonly id: string }
  | { readonly kind: 'settings'; readonly section: SettingsSection };
