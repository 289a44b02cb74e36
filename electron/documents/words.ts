/**
 * A text's terms, as many times as they occur: words in lower case without a plural's "s", and each two neighbouring characters of
 * Chinese and Japanese, which put no spaces between words (a single one stands for itself).
 */
export function* terms(text: string): Generator<string> {
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(RUN)) {
    if (!HAN.test(run)) {
      yield stem(run);
      continue;
    }
    const characters = [...run];
    if (characters.length === 1) yield run;
    for (let at = 1; at < characters.length; at++) yield `${characters[at - 1]}${characters[at]}`;
  }
}

const HAN_CLASS = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー';
const RUN = new RegExp(`[${HAN_CLASS}]+|(?:(?![${HAN_CLASS}])[\\p{L}\\p{N}\\p{M}_])+`, 'gu');
const HAN = new RegExp(`^[${HAN_CLASS}]`, 'u');

function stem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.length > 3 && /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}
