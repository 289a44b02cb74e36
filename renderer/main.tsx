// First: another language's words are fetched while the rest of the page is read.
import './i18n';
import './styles/index.css';
import { lazy, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { App, preload } from './app';
import { connect } from './bridge/bridge';
import { listenInQuickAsk } from './features/quick-ask/listen';
import { isQuickAsk } from './features/quick-ask/route';
import { followAppearance } from './features/settings/appearance';
import { listenForShortcuts } from './features/shortcuts/listen';
import { listenForVoiceKeys } from './features/voice/voice-keys';
import { wordsReady } from './i18n';
import { errorInfo } from './lib/errors';
import { showStartNotices } from './stores/notices';
import { showError } from './stores/toasts';
import { followWidth } from './stores/ui';
import { listen, loadAll } from './stores/wire-up';
import { ErrorBoundary } from './ui/error-boundary';
import { keepFocus } from './ui/keep-focus';

const QuickAsk = lazy(() => import('./features/quick-ask/quick-ask'));
/** A function, as an await of the module itself would hold up every lazy part that shares something with it. */
async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');
  // Its words are fetched at the same time.
  await Promise.all([connect(), wordsReady]);
  listen();
  followAppearance();
  followWidth();
  if (isQuickAsk) listenInQuickAsk();
  else listenForShortcuts();
  listenForVoiceKeys();
  keepFocus();
  // Not awaited: the frame is drawn at once and fills as the answers come.
  const loaded = loadAll().catch((error: unknown) => showError(errorInfo(error)));
  createRoot(root).render(
    <ErrorBoundary>
      <Suspense>{isQuickAsk ? <QuickAsk /> : <App />}</Suspense>
    </ErrorBoundary>,
  );
  await loaded;
  whenIdle(preload);
  // A host that cannot be reached is said by the banner.
  await showStartNotices().catch(() => {});
}

/** The parser of Markdown alone is half a megabyte: reading it must not hold up the first letters typed. */
function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 3_000 });
  else setTimeout(work, 500);
}

void start();
