import type { Settings } from '../../../electron/contract/settings';
import { applyLanguage, resolveLanguage } from '../../i18n';
import { useSettings } from '../../stores/settings';

const dark = matchMedia('(prefers-color-scheme: dark)');
const contrast = matchMedia('(prefers-contrast: more)');
const still = matchMedia('(prefers-reduced-motion: reduce)');

/** Puts theme, size, density, contrast, motion and language on the document, and keeps them for the next first paint. */
function applyAppearance(settings: Settings): void {
  const root = document.documentElement;
  root.dataset.theme = settings.theme === 'system' ? (dark.matches ? 'dark' : 'light') : settings.theme;
  root.dataset.density = settings.density;
  root.dataset.contrast = settings.contrast === 'high' || contrast.matches ? 'high' : 'normal';
  root.dataset.motion = settings.motion === 'reduced' || still.matches ? 'reduced' : 'full';
  root.style.setProperty('--font-size', String(settings.fontSize));
  const language = resolveLanguage(settings.language);
  applyLanguage(language);
  try {
    const { theme, density, fontSize } = settings;
    const { contrast: shown, motion } = root.dataset;
    const kept = { theme, density, fontSize, language, contrast: shown, motion };
    localStorage.setItem('appearance', JSON.stringify(kept));
  } catch {
    // Without storage the next start may flash once.
  }
}

export function followAppearance(): void {
  const apply = () => applyAppearance(useSettings.getState());
  useSettings.subscribe((settings, before) => {
    if (settings !== before) apply();
  });
  dark.addEventListener('change', apply);
  contrast.addEventListener('change', apply);
  still.addEventListener('change', apply);
}
