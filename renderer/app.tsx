import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { focusComposer } from './features/composer/focus';
import { loadMarkdown } from './features/conversation/assistant-message';
import { ConversationView } from './features/conversation/conversation';
import { ConnectionBanner } from './features/engine/connection-banner';
import { Sidebar } from './features/sidebar/sidebar';
import { useUi } from './stores/ui';
import { Toaster } from './ui/toaster';
import { TooltipProvider } from './ui/tooltip';

const loadSettings = () => import('./features/settings/settings');
const loadPalette = () => import('./features/palette/palette');
const loadDetails = () => import('./features/conversation/details');

const Settings = lazy(loadSettings);
const Palette = lazy(loadPalette);
const Details = lazy(loadDetails);

/** What may be asked for next, fetched while nobody waits: keys typed before the palette is there would be lost. */
export function preload(): void {
  void Promise.all([loadMarkdown(), loadPalette(), loadSettings(), loadDetails()]);
}

export function App() {
  const { t } = useTranslation();
  const settings = useUi((state) => state.settings !== null);
  const palette = useUi((state) => state.paletteOpen);
  const details = useUi((state) => state.detailsOpen);
  return (
    <TooltipProvider delayDuration={500} skipDelayDuration={200}>
      <button
        type="button"
        onClick={focusComposer}
        className="sr-only z-50 rounded-lg bg-accent px-3 py-1.5 text-sm text-on-accent focus:not-sr-only focus:fixed focus:start-3 focus:top-3"
      >
        {t('app.skipToComposer')}
      </button>
      <div className="flex h-full flex-col">
        <ConnectionBanner />
        <div className="flex min-h-0 flex-1">
          <Sidebar />
          <ConversationView />
          <Suspense>{details && <Details />}</Suspense>
        </div>
      </div>
      <Suspense>
        {settings && <Settings />}
        {palette && <Palette />}
      </Suspense>
      <Toaster />
    </TooltipProvider>
  );
}
