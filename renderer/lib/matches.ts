import i18next, { type ParseKeys } from 'i18next';

/** The words of a query, as they are looked for. */
export function wordsOf(query: string): readonly string[] {
  return query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
}

/**
 * Whether every word stands in these texts in the page's language, or begins a word of them in English: many know what they look for by
 * its English name, whatever language they read.
 */
export function matches(words: readonly string[], texts: readonly (ParseKeys | undefined)[]): boolean {
  const keys = texts.filter((text) => text !== undefined);
  const own = keys.map((key) => i18next.t(key)).join('\n');
  if (holdsAll(words, own)) return true;
  const english = i18next.getFixedT('en');
  const begun = keys.flatMap((key) =>
    english(key)
      .toLowerCase()
      .split(/[^a-z0-9]+/),
  );
  const lower = own.toLocaleLowerCase();
  return words.every((word) => lower.includes(word) || begun.some((other) => other.startsWith(word)));
}

/**
 * The same of a name that is in no language file. Its kind may be among the words, at least the half of it: two letters that stand in it
 * by chance would bring all of that kind.
 */
export function holdsAll(words: readonly string[], name: string, kind?: ParseKeys): boolean {
  const lower = name.toLocaleLowerCase();
  const kinds = kind
    ? [i18next.t(kind), i18next.getFixedT('en')(kind)].map((text) => text.toLocaleLowerCase())
    : [];
  const isKind = (word: string) =>
    kinds.some((text) => text.startsWith(word) && 2 * word.length >= text.length);
  return words.every((word) => lower.includes(word) || isKind(word));
}
