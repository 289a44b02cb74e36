import { create } from 'zustand';

export type SettingsSection = 'general' | 'appearance' | 'generation' | 'shortcuts' | 'about';

interface UiState {
  readonly connection: 'open' | 'lost';
  /** Below this width the sidebar lies over the conversation and closes after a choice. */
  readonly narrow: boolean;
  readonly drawerOpen: boolean;
  readonly paletteOpen: boolean;
  readonly settings: SettingsSection | null;
  readonly detailsOpen: boolean;
  readonly renaming: string | null;
  /** Thinking for the conversation that has not begun; null follows the settings. */
  readonly newThinking: boolean | null;
  /** Ids of the conversations selected in the sidebar; null while nothing is being selected. */
  readonly selection: ReadonlySet<string> | null;
}

export const NARROW = '(max-width: 719px)';

export const useUi = create<UiState>(() => ({
  connection: 'open',
  narrow: matchMedia(NARROW).matches,
  drawerOpen: false,
  paletteOpen: false,
  settings: null,
  detailsOpen: false,
  renaming: null,
  newThinking: null,
  selection: null,
}));

export function openSettings(section: SettingsSection = 'general'): void {
  useUi.setState({ settings: section, paletteOpen: false });
}

export function followWidth(): () => void {
  const query = matchMedia(NARROW);
  const change = () => useUi.setState({ narrow: query.matches, drawerOpen: false });
  query.addEventListener('change', change);
  return () => query.removeEventListener('change', change);
}
