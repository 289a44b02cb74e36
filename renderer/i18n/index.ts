import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Settings } from '../../electron/contract/settings';
import { en } from './en';

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

/** English is what the others fall back to; another comes with the first who reads it. */
const others: BackendModule = {
  type: 'backend',
  init: () => {},
  read: (language, _namespace, done) => {
    if (language !== 'zh-CN') done(null, {});
    else
      import('./zh-CN').then(
        ({ zhCN }) => done(null, zhCN),
        (error: unknown) => done(error instanceof Error ? error : String(error), null),
      );
  },
};

/** When the page has its words: at once in English. Where those of another language cannot be fetched, it has the English ones. */
export const wordsReady: Promise<unknown> = i18next
  .use(others)
  .use(initReactI18next)
  .init({
    lng: systemLanguage([document.documentElement.lang, ...navigator.languages]),
    fallbackLng: 'en',
    load: 'currentOnly',
    resources: { en: { translation: en } },
    partialBundledLanguages: true,
    // React escapes already.
    interpolation: { escapeValue: false },
    // Resources are in the bundle, so the first render has its strings.
    initAsync: false,
    // A language that is being fetched leaves the one before in view.
    react: { useSuspense: false },
  });

export function applyLanguage(language: Language): void {
  const say = () => {
    document.documentElement.lang = language;
    document.documentElement.dir = i18next.dir(language);
  };
  if (i18next.language === language) say();
  else void i18next.changeLanguage(language).then(() => i18next.language === language && say());
}
