import i18next, { type ParseKeys } from 'i18next';

/** The words of a query, as they are looked for. */
export function wordsOf(query: string): readonly string[] {
  return query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
}

/**
 * Whether every word stands in these texts, in the page's language or in English: many know what they look for by its English name,
 * whatever language they read.
 */
export function matches(words: readonly string[], texts: readonly (ParseKeys | undefined)[]): boolean {
  const english = i18next.getFixedT('en');
  const all = texts.flatMap((text) => (text ? [i18next.t(text), english(text)] : [])).join('\n');
  return holdsAll(words, all);
}

/** The same of a text that is in no language file. */
export function holdsAll(words: readonly string[], text: string): boolean {
  const lower = text.toLocaleLowerCase();
  return words.every((word) => lower.includes(word));
}
