/** Sentences one after the other, in the language's own way: Chinese has no spaces between them. Those that do not hold are left out. */
export function sentences(language: string, ...parts: readonly (string | false)[]): string {
  return parts.filter(Boolean).join(language.startsWith('zh') ? '' : ' ');
}
