/**
 * Formulas are handed to the markdown parser as code, whose content it leaves alone: `$x_1$` becomes inline code that begins
 * with a mark, `$$…$$` on lines of its own a fenced block of the language `math`. Dollars inside code stay dollars, and
 * "$5 and $6" is no formula (a closing dollar follows no space and is followed by no digit, as in Pandoc).
 */
export const INLINE_MATH = '\uE002';
export const DISPLAY_MATH = '\uE003';

const CODE = /^( {0,3})(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:\n {0,3}\2[`~]*[ \t]*(?=\n|$)|$)/;
const INLINE_CODE = /^(`+)(?!`)[\s\S]*?[^`]\1(?!`)/;
const DISPLAY_LINES = /^([ \t]*)\$\$[ \t]*\n?([\s\S]*?)\n?[ \t]*\$\$[ \t]*(?=\n|$)/;
const BRACKET_LINES = /^([ \t]*)\\\[[ \t]*\n?([\s\S]*?)\n?[ \t]*\\\][ \t]*(?=\n|$)/;
const OPEN_LINES = /^([ \t]*)(?:\$\$|\\\[)[ \t]*\n?([\s\S]*)$/;
const DISPLAY = /^\$\$([^\n$]+?)\$\$/;
const INLINE = /^\$(?![\s$])((?:[^\n$\\`]|\\.)*?(?:[^\s\\$`]|\\.))\$(?!\d)/;
const PAREN = /^\\\(([^\n`]+?)\\\)/;

export function mathToCode(markdown: string): string {
  if (!/\$|\\[([]/.test(markdown)) return markdown;
  let out = '';
  let at = 0;
  let lineStart = true;
  while (at < markdown.length) {
    const rest = markdown.slice(at);
    const step = lineStart ? (blockAt(rest) ?? spanAt(rest)) : spanAt(rest);
    if (step) {
      out += step.text;
      at += step.length;
      lineStart = out.endsWith('\n');
      continue;
    }
    // Everything up to the next character that could begin something is copied as it is.
    const next = rest.slice(1).search(/[\n$`\\]/);
    const plain = next < 0 ? rest.length : next + 1;
    out += rest.slice(0, plain);
    at += plain;
    lineStart = rest[plain - 1] === '\n';
  }
  return out;
}

interface Step {
  readonly text: string;
  readonly length: number;
}

function blockAt(rest: string): Step | null {
  const code = CODE.exec(rest);
  if (code) return { text: code[0], length: code[0].length };
  const lines = DISPLAY_LINES.exec(rest) ?? BRACKET_LINES.exec(rest);
  if (lines?.[2]?.trim()) {
    return { text: fence(lines[1] ?? '', `${lines[2]}\n`, true), length: lines[0].length };
  }
  const open = OPEN_LINES.exec(rest);
  // Still being written: an open block, so that nothing of the formula flashes as text.
  if (open && !open[2]?.includes('\n\n') && !lines) {
    return { text: fence(open[1] ?? '', open[2] ?? '', false), length: rest.length };
  }
  return null;
}

function fence(indent: string, tex: string, closed: boolean): string {
  return `${indent}\`\`\`math\n${tex}${closed ? `${indent}\`\`\`` : ''}`;
}

function spanAt(rest: string): Step | null {
  const first = rest[0];
  if (first === '`') {
    const code = INLINE_CODE.exec(rest);
    return code ? { text: code[0], length: code[0].length } : null;
  }
  if (first === '\\') {
    const paren = PAREN.exec(rest);
    if (paren?.[1]) return { text: `\`${INLINE_MATH}${paren[1].trim()}\``, length: paren[0].length };
    // An escaped character stands for itself.
    return { text: rest.slice(0, 2), length: Math.min(2, rest.length) };
  }
  if (first !== '$') return null;
  const display = DISPLAY.exec(rest);
  if (display?.[1]) return { text: `\`${DISPLAY_MATH}${display[1].trim()}\``, length: display[0].length };
  const inline = INLINE.exec(rest);
  if (inline?.[1]) return { text: `\`${INLINE_MATH}${inline[1]}\``, length: inline[0].length };
  return null;
}
