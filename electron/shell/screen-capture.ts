import {
  BrowserWindow,
  type DesktopCapturerSource,
  desktopCapturer,
  Menu,
  type Session,
  shell,
  systemPreferences,
} from 'electron';
import type { PageOrigin } from './page-origin';

/** Where a Mac lets programs see the screen: the one place where a no can be taken back. */
const SCREEN_SETTINGS = 'x-apple.systempreferences:com.apple.preference.security?Privacy_ScreenCapture';
const ICON = { width: 64, height: 40 };

/**
 * Answers the page's wish for a picture of the screen: the user chooses which screen or window, in the system's own picker where it
 * has one (macOS 15), else in a menu. Where there is one screen and nothing else,
 * pressing the button was the choice.
 */
export function offerScreens(session: Session, origin: PageOrigin): void {
  session.setDisplayMediaRequestHandler(
    (request, answer) => {
      const refuse = () => answer(null);
      if (!request.frame || !origin.owns(request.frame.url) || request.audioRequested) refuse();
      else if (isForbidden()) {
        refuse();
        shell.openExternal(SCREEN_SETTINGS).catch(() => {});
      } else
        void choose(BrowserWindow.getFocusedWindow()).then(
          (source) => (source ? answer({ video: source }) : refuse()),
          refuse,
        );
    },
    { useSystemPicker: true },
  );
}

/** macOS asks once; after a no it gives black pictures instead of an error. */
function isForbidden(): boolean {
  if (process.platform !== 'darwin') return false;
  const status = systemPreferences.getMediaAccessStatus('screen');
  return status === 'denied' || status === 'restricted';
}

/** Null where the menu was closed without a choice. */
async function choose(window: BrowserWindow | null): Promise<DesktopCapturerSource | null> {
  if (!window) return null;
  const sources = await desktopCapturer.getSources({ types: ['screen', 'window'], thumbnailSize: ICON });
  const others = sources.filter(({ id }) => id !== window.getMediaSourceId());
  if (others.length <= 1) return others[0] ?? null;
  return new Promise((resolve) => {
    const menu = Menu.buildFromTemplate(
      others.map((source) => ({
        // An ampersand would mark a letter as the item's key.
        label: source.name.replaceAll('&', '&&').slice(0, 80),
        icon: source.thumbnail.isEmpty() ? undefined : source.thumbnail,
        click: () => resolve(source),
      })),
    );
    // A click is told after the menu has closed.
    menu.popup({ window, callback: () => setTimeout(() => resolve(null), 200) });
  });
}
