import {
  Cable,
  Cpu,
  Info,
  Keyboard,
  type LucideIcon,
  Mic,
  Palette,
  Server,
  Shield,
  SlidersHorizontal,
  Wrench,
} from 'lucide-react';
import { matches } from '../../lib/matches';
import { useSettings } from '../../stores/settings';
import { useShell } from '../../stores/shell';
import type { SettingsSection } from '../../stores/ui';
import { toolSettings } from '../tools/settings';
import { useDesktopSettings } from './desktop';
import { general } from './general';
import { generation } from './generation';
import { look } from './look';
import { remoteSwitch, serverSwitches } from './server';
import { detailOf, type Setting } from './setting';
import { voice } from './voice';

export interface SectionEntry {
  readonly name: SettingsSection;
  readonly icon: LucideIcon;
}

export const sections: readonly SectionEntry[] = [
  { name: 'general', icon: SlidersHorizontal },
  { name: 'appearance', icon: Palette },
  { name: 'generation', icon: Cpu },
  { name: 'connections', icon: Cable },
  { name: 'voice', icon: Mic },
  { name: 'tools', icon: Wrench },
  { name: 'server', icon: Server },
  { name: 'shortcuts', icon: Keyboard },
  { name: 'privacy', icon: Shield },
  { name: 'about', icon: Info },
];

/** Those that this host has: what needs a window of our own is left out in a browser. */
export function useSettingsOf(): Partial<Record<SettingsSection, readonly Setting[]>> {
  const desktop = useDesktopSettings();
  const own = useShell(({ shell }) => shell !== null);
  const hasConnections = useSettings(({ connections }) => connections.length > 0);
  return {
    general: [...general, ...desktop],
    appearance: look,
    generation,
    voice,
    tools: toolSettings,
    server: [...(own ? serverSwitches : []), ...(hasConnections ? [remoteSwitch] : [])],
  };
}

/** What each has besides settings is named in the language files. */
const HOLDING = [
  'connections',
  'tools',
  'server',
  'privacy',
  'about',
] as const satisfies readonly SettingsSection[];

export const isHolding = (name: SettingsSection): name is (typeof HOLDING)[number] =>
  (HOLDING as readonly SettingsSection[]).includes(name);

interface FoundSettings {
  /** Sections asked for by their names, or that hold more than settings. */
  readonly named: readonly SectionEntry[];
  readonly found: readonly (SectionEntry & { readonly settings: readonly Setting[] })[];
}

/** The sections and settings in whose texts all the words stand. */
export function useFoundSettings(words: readonly string[]): FoundSettings {
  const settingsOf = useSettingsOf();
  const own = useShell(({ shell }) => shell !== null);
  if (words.length === 0) return { named: [], found: [] };
  const found = sections.flatMap((section) => {
    const settings = (settingsOf[section.name] ?? []).filter((setting) =>
      matches(words, [setting.label, setting.help, detailOf(setting, own)]),
    );
    return settings.length > 0 ? [{ ...section, settings }] : [];
  });
  const named = sections.filter(
    ({ name }) =>
      matches(words, [`settings.${name}`]) || (isHolding(name) && matches(words, [`settings.holds.${name}`])),
  );
  return { named, found };
}
