import {
  ChevronRight,
  Cpu,
  Info,
  Keyboard,
  type LucideIcon,
  Mic,
  Palette,
  Search,
  Server,
  Shield,
  SlidersHorizontal,
  Wrench,
} from 'lucide-react';
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShell } from '../../stores/shell';
import { type SettingsSection, useUi } from '../../stores/ui';
import { Dialog } from '../../ui/dialog';
import { toolSettings } from '../tools/settings';
import { About } from './about';
import { useDesktopSettings } from './desktop';
import { general } from './general';
import { generation } from './generation';
import { look } from './look';
import { Privacy } from './privacy';
import { ServerStatusView, serverSwitches } from './server';
import { detailOf, type Setting, SettingRow } from './setting';
import { ShortcutList, useShortcutsNamed } from './shortcut-list';
import { voice } from './voice';

const Servers = lazy(() => import('../tools/servers'));

const sections: readonly SectionEntry[] = [
  { name: 'general', icon: SlidersHorizontal },
  { name: 'appearance', icon: Palette },
  { name: 'generation', icon: Cpu },
  { name: 'voice', icon: Mic },
  { name: 'tools', icon: Wrench },
  { name: 'server', icon: Server },
  { name: 'shortcuts', icon: Keyboard },
  { name: 'privacy', icon: Shield },
  { name: 'about', icon: Info },
];

/** Those that this host has: what needs a window of our own is left out in a browser. */
function useSettingsOf(): Partial<Record<SettingsSection, readonly Setting[]>> {
  const desktop = useDesktopSettings();
  const own = useShell(({ shell }) => shell !== null);
  return {
    general: [...general, ...desktop],
    appearance: look,
    generation,
    voice,
    tools: toolSettings,
    server: own ? serverSwitches : [],
  };
}

export default function Settings() {
  const { t } = useTranslation();
  const section = useUi((state) => state.settings) ?? 'general';
  const [query, setQuery] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const wanted = query.trim().toLocaleLowerCase();
  const open = (name: SettingsSection) => {
    setQuery('');
    useUi.setState({ settings: name });
  };
  return (
    <Dialog
      open
      onClose={() => useUi.setState({ settings: null })}
      title={t('settings.title')}
      onOpenAutoFocus={(event) => {
        event.preventDefault();
        search.current?.focus();
      }}
      className="top-[max(1.5rem,calc(50vh-19rem))] h-[38rem] max-w-3xl"
    >
      <div className="flex min-h-0 flex-1 border-t border-line max-sm:flex-col">
        <div className="flex w-52 flex-none flex-col gap-0.5 border-e border-line bg-side p-3 max-sm:w-full max-sm:flex-row max-sm:flex-wrap max-sm:border-e-0 max-sm:border-b">
          <label className="mb-2 flex h-8 flex-none items-center gap-2 rounded-lg border border-transparent bg-soft px-2.5 text-faint focus-within:border-accent max-sm:mb-1 max-sm:w-full">
            <Search size={14} aria-hidden />
            <input
              ref={search}
              value={query}
              onChange={(event) => setQuery(event.target.value)}
              aria-label={t('settings.search')}
              placeholder={t('sidebar.search')}
              className="min-w-0 flex-1 bg-transparent text-sm text-text outline-none"
            />
          </label>
          {sections.map(({ name, icon: Icon }) => (
            <button
              key={name}
              type="button"
              aria-current={!wanted && name === section ? 'page' : undefined}
              onClick={() => open(name)}
              className="flex h-8 flex-none items-center gap-2.5 rounded-lg px-2.5 text-sm text-mute transition-colors duration-100 hover:bg-hover hover:text-text aria-[current=page]:bg-current-row aria-[current=page]:font-medium aria-[current=page]:text-text aria-[current=page]:shadow-[inset_0_0_0_1px_var(--line)]"
            >
              <Icon size={16} aria-hidden />
              {t(`settings.${name}`)}
            </button>
          ))}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <div tabIndex={0} className="focus-inset min-h-0 min-w-0 flex-1 overflow-y-auto px-6 pb-6">
          {wanted ? <Found wanted={wanted} query={query} onOpen={open} /> : <Section name={section} />}
        </div>
      </div>
    </Dialog>
  );
}

function Section({ name }: { readonly name: SettingsSection }): ReactNode {
  const settingsOf = useSettingsOf();
  if (name === 'shortcuts') return <ShortcutList wanted="" />;
  if (name === 'about') return <About />;
  if (name === 'privacy') return <Privacy />;
  return (
    // All of it at once: what stands below would otherwise be pushed down.
    <Suspense>
      {name === 'tools' && <Servers />}
      {settingsOf[name]?.map((setting) => (
        <SettingRow key={setting.label} setting={setting} />
      ))}
      {name === 'server' && <ServerStatusView />}
    </Suspense>
  );
}

interface SectionEntry {
  readonly name: SettingsSection;
  readonly icon: LucideIcon;
}

/** What each has besides settings is named in the language files. */
const HOLDING = ['tools', 'server', 'privacy', 'about'] as const satisfies readonly SettingsSection[];
const isHolding = (name: SettingsSection): name is (typeof HOLDING)[number] =>
  (HOLDING as readonly SettingsSection[]).includes(name);

function SectionLink({ name, icon: Icon, onOpen }: SectionEntry & { readonly onOpen: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      onClick={onOpen}
      className="focus-inset flex min-h-12 w-full items-center gap-3 border-b border-line text-start text-sm hover:text-accent"
    >
      <Icon size={16} className="text-faint" aria-hidden />
      <span className="min-w-0 flex-1">
        {t(`settings.${name}`)}
        {isHolding(name) && (
          <span className="block truncate text-xs text-faint">{t(`settings.holds.${name}`)}</span>
        )}
      </span>
      <ChevronRight size={15} className="text-faint rtl:-scale-x-100" aria-hidden />
    </button>
  );
}

/** Found, it stands below the name of its section. */
const withoutHeading = ({ heading: _, ...setting }: Setting): Setting => setting;

interface FoundProps {
  readonly wanted: string;
  readonly query: string;
  readonly onOpen: (name: SettingsSection) => void;
}

function Found({ wanted, query, onOpen }: FoundProps) {
  const { t } = useTranslation();
  const settingsOf = useSettingsOf();
  const own = useShell(({ shell }) => shell !== null);
  const shortcuts = useShortcutsNamed(wanted);
  const holds = (text: string) => text.toLocaleLowerCase().includes(wanted);
  const found = sections.flatMap(({ name }) => {
    const settings = (settingsOf[name] ?? []).filter((setting) => {
      const texts = [setting.label, setting.help, detailOf(setting, own)];
      return holds(texts.map((text) => (text ? t(text) : '')).join(' '));
    });
    return settings.length > 0 ? [{ name, settings }] : [];
  });
  // A section that is asked for by its name, or that holds more than settings.
  const named = sections.filter(
    ({ name }) => holds(t(`settings.${name}`)) || (isHolding(name) && holds(t(`settings.holds.${name}`))),
  );
  const nothing = found.length + named.length + shortcuts.names.length + shortcuts.fixed.length === 0;
  return (
    <>
      {nothing && <p className="py-6 text-sm text-mute">{t('settings.none', { query })}</p>}
      {named.map((section) => (
        <SectionLink key={section.name} {...section} onOpen={() => onOpen(section.name)} />
      ))}
      {found.map(({ name, settings }) => (
        <section key={name}>
          <h3 className="pt-4 text-xs text-faint">{t(`settings.${name}`)}</h3>
          {settings.map((setting) => (
            <SettingRow key={setting.label} setting={withoutHeading(setting)} />
          ))}
        </section>
      ))}
      <ShortcutList wanted={wanted} />
    </>
  );
}
