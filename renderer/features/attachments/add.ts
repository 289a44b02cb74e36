import i18next from 'i18next';
import { errorInfo } from '../../lib/errors';
import { showError, showNotice } from '../../stores/toasts';
import { focusComposer } from '../composer/focus';
import { captureScreen } from './capture';
import { addFiles } from './intake';

/** By the system's dialog. */
export function pickFiles(conversationId: string | null): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.onchange = () => {
    void addFiles([...(input.files ?? [])], conversationId);
    // What is asked about them comes next.
    focusComposer();
  };
  input.click();
}

/** Not in every browser. */
export function canCapture(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
}

/** A picture of a screen or window that the user chooses. */
export async function addCapture(conversationId: string | null): Promise<void> {
  try {
    const file = await captureScreen(i18next.t('attachments.screenshot'));
    if (!file) return;
    focusComposer();
    await addFiles([file], conversationId);
  } catch (error) {
    if (error instanceof DOMException) showNotice(i18next.t('attachments.captureDenied'));
    else showError(errorInfo(error));
  }
}
