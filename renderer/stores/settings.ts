import { create } from 'zustand';
import type { Settings } from '../../electron/contract/settings';
import { bridge } from '../bridge/bridge';
import { errorInfo } from '../lib/errors';
import { initialSettings } from './initial-settings';
import { showError } from './toasts';

export const useSettings = create<Settings>(() => initialSettings);

export async function loadSettings(): Promise<void> {
  useSettings.setState(await bridge().request('settings.get'), true);
}

/** Shown at once; put back if the app refuses it. */
export async function updateSettings(change: Partial<Settings>): Promise<void> {
  const before = useSettings.getState();
  useSettings.setState(change);
  try {
    await bridge().request('settings.update', change);
  } catch (error) {
    useSettings.setState(before, true);
    showError(errorInfo(error));
  }
}
