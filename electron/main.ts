import { join } from 'node:path';
import { dialog, app as electron, net, safeStorage, session } from 'electron';
import { createApp } from './app/app';
import { dataFolder } from './app/paths';
import { toErrorInfo } from './contract/errors';
import type { DeepLink } from './contract/shell';
import { locate } from './host/locations';
import { LINK_SCHEME, linksIn, parseDeepLink } from './shell/deep-link';
import { Desktop } from './shell/desktop';
import { keyCipher } from './shell/key-cipher';
import { menuLanguage } from './shell/labels';
import { HIDDEN_SWITCH } from './shell/login-item';
import { imagesIn } from './shell/opened-images';
import { PageOrigin } from './shell/page-origin';
import { registerPageScheme, serveAttachmentsOf, servePage } from './shell/page-protocol';
import { offerScreens } from './shell/screen-capture';
import { confinePermissions } from './shell/security';
import { startProblem } from './shell/start-problem';
import { systemProxy } from './shell/system-proxy';
import { forkUtilityEngine } from './shell/utility-engine';
import { forkUtilityTool } from './shell/utility-tool';

/** The app in a window of its own. */

const places = locate(import.meta.url);
const home = dataFolder();
// The engine, a child of this process, looks there for GPU libraries.
process.env.AUTOGLM_CUDA ??= join(home, 'cuda');
const log = (line: string) => console.log(line);
const origin = new PageOrigin(electron.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL);
let desktop: Desktop | null = null;
/** Links opened before the app is. */
const waiting: DeepLink[] = [];
const waitingImages: string[] = [];

// Chromium's own files (cache, cookies) beside ours, so that AUTOGLM_HOME moves everything.
electron.setPath('userData', join(home, 'electron'));
// What Windows groups windows and notices by; the installer writes the same.
electron.setAppUserModelId('org.autoglm.desktop');
electron.enableSandbox();
registerPageScheme();

if (electron.requestSingleInstanceLock()) {
  electron.on('second-instance', (_event, argv, folder) => {
    desktop?.open();
    for (const link of linksIn(argv)) follow(link);
    void desktop?.openImages(imagesIn(argv.slice(1), folder));
  });
  // A Mac hands links over by this event, also the one that starts the app.
  electron.on('open-url', (event, url) => {
    event.preventDefault();
    const link = parseDeepLink(url);
    if (link) follow(link);
  });
  electron.on('open-file', (event, path) => {
    event.preventDefault();
    if (desktop) void desktop.openImages([path]);
    else waitingImages.push(path);
  });
  waiting.push(...linksIn(process.argv));
  waitingImages.push(...imagesIn(process.argv.slice(1), process.cwd()));
  electron.whenReady().then(start).catch(fail);
} else {
  // The first one comes to the front instead.
  electron.quit();
}

function start(): void {
  // In a checkout the program would be Electron itself, which knows nothing of us.
  if (electron.isPackaged) electron.setAsDefaultProtocolClient(LINK_SCHEME);
  const opened = new Desktop({
    places,
    home,
    origin,
    log,
    openApp: (hostHandlers) =>
      createApp({
        version: places.version,
        host: 'electron',
        home,
        builtInModels: places.builtInModels,
        soundWorker: places.soundWorker,
        spawnEngine: () => forkUtilityEngine(places.engine),
        spawnTool: () => forkUtilityTool(places.modelTool),
        spawnDocumentTool: () => forkUtilityTool(places.documentTool, 'AutoGLM documents'),
        spawnMcpProcess: () => forkUtilityTool(places.mcpProcess, 'AutoGLM tools'),
        proxyFor: (url) => systemProxy(session.defaultSession, url),
        keyCipher: keyCipher(safeStorage, process.platform),
        // Chromium's network has the system's proxy and certificates, which Node's has not.
        fetch: (url, init) => net.fetch(url, init),
        hostHandlers,
        log,
      }),
    // Not before it is asked for: it reads the feed's file, which a checkout has not.
    loadUpdater: async () => (await import('electron-updater')).default.autoUpdater,
  });
  servePage(places.page, opened.app);
  if (origin.isDevelopment) serveAttachmentsOf(origin, opened.app);
  confinePermissions(session.defaultSession, origin);
  offerScreens(session.defaultSession, origin);
  desktop = opened;
  if (!(startedHidden() && opened.hasTray())) opened.open();
  for (const link of waiting.splice(0)) opened.follow(link);
  void opened.openImages(waitingImages.splice(0));

  electron.on('activate', () => opened.open());
  electron.on('window-all-closed', () => {
    if (process.platform !== 'darwin') electron.quit();
  });
  closeBeforeQuit(opened);
}

function follow(link: DeepLink): void {
  if (desktop) desktop.follow(link);
  else waiting.push(link);
}

/** At login, into the tray. A Mac says so itself. */
function startedHidden(): boolean {
  if (process.platform === 'darwin') return electron.getLoginItemSettings().wasOpenedAtLogin;
  return process.argv.includes(HIDDEN_SWITCH);
}

function closeBeforeQuit(opened: Desktop): void {
  electron.on('before-quit', (event) => {
    if (opened.isClosed()) return;
    event.preventDefault();
    void opened.close().then(() => electron.quit());
  });
}

function fail(error: unknown): void {
  const language = menuLanguage('system', electron.getLocale());
  dialog.showErrorBox('AutoGLM Desktop', startProblem(toErrorInfo(error), language));
  electron.exit(1);
}
