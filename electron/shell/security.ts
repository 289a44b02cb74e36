import { type Session, shell, systemPreferences, type WebContents } from 'electron';
import type { PageOrigin } from './page-origin';

/** What a link in an answer may open, in the system's own programs. Others (file:, javascript:, ms-msdt: …) can run things. */
const EXTERNAL_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** The window shows our page and nothing else: links go to the browser, everything else nowhere. */
export function confineNavigation(contents: WebContents, origin: PageOrigin): void {
  // A reload is our page navigating to itself.
  const confine = (event: { readonly url: string; preventDefault(): void }) => {
    if (origin.owns(event.url)) return;
    event.preventDefault();
    openExternal(event.url);
  };
  contents.on('will-navigate', confine);
  contents.on('will-redirect', confine);
  contents.on('will-frame-navigate', (event) => {
    // The page has no frames; one that appears was put there.
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openExternal(url);
    return { action: 'deny' };
  });
}

function openExternal(url: string): void {
  if (!URL.canParse(url) || !EXTERNAL_SCHEMES.has(new URL(url).protocol)) return;
  // The user's system may have no program for it; there is nothing to add to its own message.
  shell.openExternal(url).catch(() => {});
}

/** Microphone and screen when our page asks, and writing to the clipboard, which "Copy" needs. Nothing else, for nobody else. */
export function confinePermissions(session: Session, origin: PageOrigin): void {
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) => {
    if (!details.isMainFrame || !origin.owns(requestingOrigin)) return false;
    if (permission === 'media') return details.mediaType === 'audio';
    return permission === 'display-capture' || permission === 'clipboard-sanitized-write';
  });
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    if (!details.isMainFrame || !origin.owns(details.requestingUrl)) {
      answer(false);
      return;
    }
    switch (permission) {
      case 'media': {
        const types = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
        // The camera is asked for together with the microphone, so one video is enough for no.
        if (types.length !== 1 || types[0] !== 'audio') answer(false);
        else void askForMicrophone().then(answer);
        return;
      }
      case 'display-capture':
      case 'clipboard-sanitized-write':
        answer(true);
        return;
      default:
        answer(false);
    }
  });
  session.setDevicePermissionHandler(() => false);
}

/** macOS has a question of its own, without which the microphone stays silent. */
async function askForMicrophone(): Promise<boolean> {
  if (process.platform !== 'darwin') return true;
  return systemPreferences.askForMediaAccess('microphone').catch(() => false);
}
