/** A sentence to be read. */
export interface Speakable {
  readonly text: string;
  readonly language: 'en' | 'zh';
}

/** Longer pieces are divided at a comma or a space. */
const LONGEST = 220;

/**
 * What of an answer in Markdown can be read aloud: words, without marks. Code blocks, displayed formulas, images and addresses
 * are left out; a table is read row by row.
 */
export function toSpeakable(markdown: string): readonly Speakable[] {
  return withoutBlocks(markdown)
    .split('\n')
    .map(toWords)
    .flatMap((line) => sentences(line))
    .filter((text) => /[\p{L}\p{N}]/u.test(text))
    .map((text) => ({ text, language: /\p{Script=Han}/u.test(text) ? 'zh' : 'en' }));
}

/** An unclosed block goes on to the end: the answer was stopped inside it. */
function withoutBlocks(markdown: string): string {
  return markdown
    .replace(/^([ \t>]*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^\1?[ \t>]*\2[`~]*[ \t]*$|$(?![\s\S]))/gm, '')
    .replace(/\$\$[\s\S]*?(?:\$\$|$(?![\s\S]))/g, '')
    .replace(/\\\[[\s\S]*?(?:\\\]|$(?![\s\S]))/g, '')
    .replace(/<!--[\s\S]*?-->/g, '');
}

function toWords(line: string): string {
  // The line below a table's head.
  if (/^[\s|:-]+$/.test(line)) return '';
  return (
    line
      .replace(/^\s*(?:>\s?)*(?:#{1,6}\s+|[-*+]\s+(?:\[[ xX]\]\s+)?|\d+[.)]\s+)?/, '')
      .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/<?https?:\/\/[^\s>)\u3000-\u9fff]+>?/g, '')
      .replace(/<[^>\n]+>/g, '')
      .replace(/\\\((.*?)\\\)|\$([^$\n]+)\$/g, (whole, one, two) => formula(one ?? two, whole))
      .replace(/`+([^`]+)`+/g, '$1')
      .replace(/(\*\*|__|~~)(.+?)\1/g, '$2')
      .replace(/(^|[\s(])[*_]([^*_\s][^*_]*)[*_](?=$|[\s).,;:!?])/g, '$1$2')
      .replace(/^\s*\|\s*|\s*\|\s*$/g, '')
      .replace(/\s*\|\s*/g, ', ')
      // A star between numbers is a sign that every voice leaves out.
      .replace(/(\d)\s*[*×]\s*(?=\d)/g, '$1 × ')
      .replace(/\\([\\`*_{}[\]()#+\-.!|$])/g, '$1')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/** A variable or a number can be said, markup cannot. Prices are no formulas. */
function formula(content: string, whole: string): string {
  if (/^\d[\d,.]*\s/.test(content)) return whole;
  return /^[\p{L}\p{N}\s.,=+\-−<>()/%]*$/u.test(content) ? content : '';
}

function sentences(line: string): string[] {
  // Not after "3.", "e.g." or inside "3.14": a point ends a sentence only before a space and no small letter.
  const pieces = line.split(/(?<=[。！？；])|(?<=[!?;])\s+|(?<=\p{L}{2,}\.|\d\.|\)\.)\s+(?=[^\p{Ll}\s])/u);
  return pieces.flatMap((piece) => divide(piece.trim()));
}

function divide(text: string): string[] {
  if (text.length <= LONGEST) return [text];
  const head = text.slice(0, LONGEST);
  const at = Math.max(head.lastIndexOf(', '), head.lastIndexOf('，'), head.lastIndexOf('、'));
  const cut =
    at > LONGEST / 3 ? at + 1 : head.lastIndexOf(' ') > LONGEST / 3 ? head.lastIndexOf(' ') : LONGEST;
  return [text.slice(0, cut).trim(), ...divide(text.slice(cut).trim())];
}
