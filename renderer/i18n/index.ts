import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Settings } from '../../electron/contract/settings';
import { en } from './en';
import { zhCN } from './zh-CN';

export type Language = 'en' | 'zh-CN';

/** What `system` stands for: the first of the system's languages that we have. */
function systemLanguage(preferred: readonly string[] = navigator.languages): Language {
  for (const tag of preferred) {
    if (tag.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (tag.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}

export function resolveLanguage(setting: Settings['language']): Language {
  return setting === 'system' ? systemLanguage() : setting;
}

i18next.use(initReactI18next).init({
  lng: systemLanguage([document.documentElement.lang, ...navigator.languages]),
  fallbackLng: 'en',
  resources: { en: { translation: en }, 'zh-CN': { translation: zhCN } },
  // React escapes already.
  interpolation: { escapeValue: false },
  // Resources are in the bundle, so the first render has its strings.
  initAsync: false,
});

export function applyLanguage(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
  if (i18next.language !== language) void i18next.changeLanguage(language);
}
