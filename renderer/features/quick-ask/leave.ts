import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';
import { useShell } from '../../stores/shell';
import { showError } from '../../stores/toasts';

/** Hides the window; an answer goes on being written. In a browser there is none to hide, so the main page is shown. */
export function leave(): void {
  if (useShell.getState().shell === null) {
    location.hash = '#/';
    location.reload();
    return;
  }
  bridge()
    .request('shell.hideQuickAsk')
    .catch((error: unknown) => showError(errorInfo(error)));
}
