/**
 * Names the script of a language's words in the page, so that appearance.js, which knows the reader's language before anything else does,
 * can have it fetched beside the page's own script instead of after it.
 *
 * @returns {import('vite').Plugin}
 */
export function wordsOf(/** @type {string} */ language) {
  return {
    name: `words-${language}`,
    transformIndexHtml(_html, { bundle, chunk }) {
      const words = Object.values(bundle ?? {}).find(
        (file) => file.type === 'chunk' && file.moduleIds.some((id) => id.endsWith(`/i18n/${language}.ts`)),
      );
      // Served from source there is no bundle; and in one with the page's own script there is nothing to fetch.
      if (!words || words === chunk) return [];
      return [
        {
          tag: 'meta',
          attrs: { name: `words-${language}`, content: `./${words.fileName}` },
          injectTo: 'head-prepend',
        },
      ];
    },
  };
}
