import { create } from 'zustand';
import type { SettingsSection } from '../../electron/contract/shell';

export type { SettingsSection };

interface UiState {
  readonly connection: 'open' | 'lost';
  /** Below this width the sidebar lies over the conversation and closes after a choice. */
  readonly narrow: boolean;
  /** Below this width the details lie over the conversation as well. */
  readonly tight: boolean;
  readonly drawerOpen: boolean;
  readonly paletteOpen: boolean;
  readonly settings: SettingsSection | null;
  /** The label's key of the setting to begin at. */
  readonly settingsRow: string | null;
  readonly detailsOpen: boolean;
  readonly renaming: string | null;
  /** Thinking for the conversation that has not begun; null follows the settings. */
  readonly newThinking: boolean | null;
  /** Ids of the conversations selected in the sidebar; null while nothing is being selected. */
  readonly selection: ReadonlySet<string> | null;
}

const NARROW = '(max-width: 719px)';
const TIGHT = '(max-width: 1039px)';

export const useUi = create<UiState>(() => ({
  connection: 'open',
  narrow: matchMedia(NARROW).matches,
  tight: matchMedia(TIGHT).matches,
  drawerOpen: false,
  paletteOpen: false,
  settings: null,
  settingsRow: null,
  detailsOpen: false,
  renaming: null,
  newThinking: null,
  selection: null,
}));

export function openSettings(section: SettingsSection = 'general', row: string | null = null): void {
  useUi.setState({ settings: section, settingsRow: row, paletteOpen: false });
}

export function followWidth(): void {
  const narrow = matchMedia(NARROW);
  const tight = matchMedia(TIGHT);
  narrow.addEventListener('change', () => useUi.setState({ narrow: narrow.matches, drawerOpen: false }));
  tight.addEventListener('change', () => useUi.setState({ tight: tight.matches }));
}
