import { shell } from 'electron';
import { AppError } from '../contract/errors';

/** Where a system lets programs hear; Linux has no such page, as nobody is refused there. */
const PAGES: Partial<Readonly<Record<NodeJS.Platform, string>>> = {
  darwin: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone',
  win32: 'ms-settings:privacy-microphone',
};

/** @throws AppError `invalid-request` where the system has no such page */
export async function openMicrophoneSettings(): Promise<void> {
  const page = PAGES[process.platform];
  if (!page) {
    throw new AppError(
      'invalid-request',
      'This system has no settings page for the microphone. Look into its sound settings.',
      { kind: 'microphone-settings' },
    );
  }
  await shell.openExternal(page);
}
