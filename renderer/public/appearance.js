// Runs before the first paint with what the last session kept, so that neither theme nor language flashes. The settings
// arrive later from the app and correct it where they differ (features/settings/appearance.ts writes what is read here).
(() => {
  /** @type {Record<string, unknown>} */
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem('appearance') ?? '{}');
  } catch {
    // Storage may be off: the system's preference is the answer then.
  }
  const root = document.documentElement;
  const systemDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const theme = kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : systemDark ? 'dark' : 'light';
  root.dataset.theme = theme;
  if (typeof kept.contrast === 'string') root.dataset.contrast = kept.contrast;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  root.dataset.motion = typeof kept.motion === 'string' ? kept.motion : still ? 'reduced' : 'full';
  if (typeof kept.density === 'string') root.dataset.density = kept.density;
  if (Number.isFinite(kept.fontSize)) root.style.setProperty('--font-size', String(kept.fontSize));
  root.lang = typeof kept.language === 'string' ? kept.language : navigator.language;
  // Its words, beside the page's own script and not after it (build/scripts/words.mjs).
  const words = document.querySelector('meta[name=words-zh-CN]')?.getAttribute('content');
  if (words && root.lang.startsWith('zh')) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = words;
    document.head.append(link);
  }
})();
