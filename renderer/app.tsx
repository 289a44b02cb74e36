import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { focusComposer } from './features/composer/focus';
import { loadMarkdown } from './features/conversation/assistant-message';
import { ConversationView } from './features/conversation/conversation';
import { ConnectionBanner } from './features/engine/connection-banner';
import { Sidebar } from './features/sidebar/sidebar';
import { UpdateBanner } from './features/updates/update-banner';
import { useLibrary } from './stores/library';
import { useModels } from './stores/models';
import { useOffers } from './stores/offers';
import { useUi } from './stores/ui';
import { preloadable } from './ui/preloadable';
import { Toaster } from './ui/toaster';
import { TooltipProvider } from './ui/tooltip';

const settingsDialog = preloadable(() => import('./features/settings/settings'));
const palette = preloadable(() => import('./features/palette/palette'));
const library = preloadable(() => import('./features/library/library'));
const models = preloadable(() => import('./features/models/models'));
const promptForm = preloadable(() => import('./features/tools/prompt-form'));
const details = preloadable(() => import('./features/conversation/details'));

/** What may be asked for next, fetched while nobody waits. */
export function preload(): void {
  void Promise.all([loadMarkdown(), palette.preload(), settingsDialog.preload(), details.preload()]);
}

export function App() {
  const { t } = useTranslation();
  const settingsOpen = useUi((state) => state.settings !== null);
  const paletteOpen = useUi((state) => state.paletteOpen);
  const detailsOpen = useUi((state) => state.detailsOpen);
  const libraryOpen = useLibrary((state) => state.open !== null);
  const modelsOpen = useModels((state) => state.open);
  const filling = useOffers((state) => state.filling !== null);
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
        <UpdateBanner />
        <div className="flex min-h-0 flex-1">
          <Sidebar />
          <ConversationView />
          <Suspense>{detailsOpen && <details.Component />}</Suspense>
        </div>
      </div>
      <Suspense>
        {settingsOpen && <settingsDialog.Component />}
        {paletteOpen && <palette.Component />}
        {libraryOpen && <library.Component />}
        {modelsOpen && <models.Component />}
        {filling && <promptForm.Component />}
      </Suspense>
      <Toaster />
    </TooltipProvider>
  );
}
