import i18next from 'i18next';
import type { Preset } from '../../../electron/contract/settings';
import { updateSettings, useSettings } from '../../stores/settings';
import { showToast } from '../../stores/toasts';

/** System prompts that ship with the app, in the language of the page: a preset is a text the user reads and may change. */
export const builtIn = ['brief', 'teacher', 'translator', 'proofreader', 'programmer', 'critic'] as const;

function ownPresets(): readonly Preset[] {
  return useSettings.getState().presets;
}

export function addPreset(name: string, prompt: string): string {
  const id = crypto.randomUUID();
  void updateSettings({ presets: [...ownPresets(), { id, name: name.slice(0, 100), prompt }] });
  return id;
}

export function changePreset(id: string, change: Partial<Omit<Preset, 'id'>>): void {
  void updateSettings({
    presets: ownPresets().map((preset) => (preset.id === id ? { ...preset, ...change } : preset)),
  });
}

export function deletePreset(id: string): void {
  const before = ownPresets();
  const index = before.findIndex((preset) => preset.id === id);
  const preset = before[index];
  if (!preset) return;
  void updateSettings({ presets: before.toSpliced(index, 1) });
  showToast(i18next.t('presets.deleted', { name: preset.name }), {
    label: i18next.t('common.undo'),
    run: () => void updateSettings({ presets: ownPresets().toSpliced(index, 0, preset) }),
  });
}

/** The first words of a prompt, until the user names it. */
export function nameFrom(prompt: string): string {
  const line = prompt.trim().split('\n', 1)[0] ?? '';
  return line.length > 40 ? `${line.slice(0, 39).trimEnd()}…` : line;
}
