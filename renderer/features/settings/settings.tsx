import { ChevronRight, Search } from 'lucide-react';
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordsOf } from '../../lib/matches';
import { type SettingsSection, useUi } from '../../stores/ui';
import { Dialog } from '../../ui/dialog';
import { preloadable } from '../../ui/preloadable';
import { About } from './about';
import { Privacy } from './privacy';
import { isHolding, type SectionEntry, sections, useFoundSettings, useSettingsOf } from './sections';
import { ServerStatusView } from './server';
import { type Setting, SettingRow } from './setting';
import { ShortcutList, useShortcutsNamed } from './shortcut-list';

const servers = preloadable(() => import('../tools/servers'));
const connections = preloadable(() => import('../connections/connections'));

export default function Settings() {
  const { t } = useTranslation();
  const section = useUi((state) => state.settings) ?? 'general';
  const row = useUi((state) => state.settingsRow);
  const [query, setQuery] = useState('');
  const search = useRef<HTMLInputElement>(null);
  // Asked for, its section would be empty for a moment.
  useEffect(() => {
    void servers.preload();
    void connections.preload();
  }, []);
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
        const dialog = event.currentTarget;
        if (!row || !(dialog instanceof HTMLElement) || !showRow(dialog, row)) search.current?.focus();
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
              className="flex h-8 flex-none items-center gap-2.5 rounded-lg px-2.5 text-sm text-mute transition-colors duration-100 hover:bg-hover hover:text-text max-sm:px-2 aria-[current=page]:bg-current-row aria-[current=page]:font-medium aria-[current=page]:text-text aria-[current=page]:shadow-[inset_0_0_0_1px_var(--line)]"
            >
              <Icon size={16} aria-hidden className="max-sm:hidden" />
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

/** Brings a setting into view and the keys to it; false where it is not drawn. */
function showRow(dialog: HTMLElement, label: string): boolean {
  const row = dialog.querySelector(`[data-setting="${label}"]`);
  const control = row?.querySelector<HTMLElement>('[data-control] :is(button, input, textarea)');
  if (!row || !control) return false;
  row.scrollIntoView({ block: 'center' });
  control.focus({ preventScroll: true });
  return true;
}

function Section({ name }: { readonly name: SettingsSection }): ReactNode {
  const settingsOf = useSettingsOf();
  if (name === 'shortcuts') return <ShortcutList wanted="" />;
  if (name === 'about') return <About />;
  if (name === 'privacy') return <Privacy />;
  return (
    // All of it at once: what stands below would otherwise be pushed down.
    <Suspense>
      {name === 'connections' && <connections.Component />}
      {name === 'tools' && <servers.Component />}
      {settingsOf[name]?.map((setting) => (
        <SettingRow key={setting.label} setting={setting} />
      ))}
      {name === 'server' && <ServerStatusView />}
    </Suspense>
  );
}

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
  const { named, found } = useFoundSettings(wordsOf(query));
  const shortcuts = useShortcutsNamed(wanted);
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
