/**
 * Formulas are handed to the markdown parser as code, whose content it leaves alone: `$x_1$` becomes inline code that begins
 * with a mark, `$$…$$` on lines of its own a fenced block of the language `math`. Dollars inside code stay dollars, and
 * "$5 and $6" is no formula (a closing dollar follows no space and is followed by no digit, as in Pandoc).
 */
export const INLINE_MATH = '\uE002';
export const DISPLAY_MATH = '\uE003';

// All sticky: they are tried at one place of the text, which is never cut up.
const CODE = /( {0,3})(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:\n {0,3}\2[`~]*[ \t]*(?=\n|$)|$)/y;
const INLINE_CODE = /(`+)(?!`)(?:(?!\n\n)[\s\S])*?[^`]\1(?!`)/y;
const DISPLAY_LINES = /([ \t]*)\$\$[ \t]*\n?([\s\S]*?)\n?[ \t]*\$\$[ \t]*(?=\n|$)/y;
const BRACKET_LINES = /([ \t]*)\\\[[ \t]*\n?([\s\S]*?)\n?[ \t]*\\\][ \t]*(?=\n|$)/y;
const OPEN_LINES = /([ \t]*)(?:\$\$|\\\[)[ \t]*\n?((?:(?!\n\n)[\s\S])*)$/y;
const DISPLAY = /\$\$([^\n$]+?)\$\$/y;
const INLINE = /\$(?![\s$])((?:[^\n$\\`]|\\.)*?(?:[^\s\\$`]|\\.))\$(?!\d)/y;
const PAREN = /\\\(([^\n`]+?)\\\)/y;
const SPECIAL = /[\n$`\\]/g;

/** Converts a growing text: what lies before the last blank line outside of code and formulas is not read again. */
export function createMathConverter(): (markdown: string) => string {
  let source = '';
  let converted = '';
  return (markdown) => {
    if (!/\$|\\[([]/.test(markdown)) return markdown;
    if (!markdown.startsWith(source)) {
      source = '';
      converted = '';
    }
    let out = converted;
    let at = source.length;
    let settledAt = at;
    let settledOut = out.length;
    let lineStart = true;
    while (at < markdown.length) {
      const step = (lineStart ? blockAt(markdown, at) : null) ?? spanAt(markdown, at);
      if (step) {
        out += step.text;
        at += step.length;
        lineStart = false;
        continue;
      }
      if (markdown[at] === '\n') {
        out += '\n';
        at += 1;
        if (markdown[at - 2] === '\n') {
          settledAt = at;
          settledOut = out.length;
        }
        lineStart = true;
        continue;
      }
      // Everything up to the next character that could begin something is copied as it is.
      SPECIAL.lastIndex = at + 1;
      const next = SPECIAL.exec(markdown)?.index ?? markdown.length;
      out += markdown.slice(at, next);
      at = next;
      lineStart = false;
    }
    source = markdown.slice(0, settledAt);
    converted = out.slice(0, settledOut);
    return out;
  };
}

export function mathToCode(markdown: string): string {
  return createMathConverter()(markdown);
}

interface Step {
  readonly text: string;
  readonly length: number;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function blockAt(text: string, at: number): Step | null {
  const code = match(CODE, text, at);
  if (code) return { text: code[0], length: code[0].length };
  const lines = match(DISPLAY_LINES, text, at) ?? match(BRACKET_LINES, text, at);
  if (lines?.[2]?.trim()) {
    return { text: fence(lines[1] ?? '', `${lines[2]}\n`, true), length: lines[0].length };
  }
  if (lines) return null;
  // Still being written: an open block, so that nothing of the formula flashes as text.
  const open = match(OPEN_LINES, text, at);
  return open && { text: fence(open[1] ?? '', open[2] ?? '', false), length: open[0].length };
}

function fence(indent: string, tex: string, closed: boolean): string {
  return `${indent}\`\`\`math\n${tex}${closed ? `${indent}\`\`\`` : ''}`;
}

function spanAt(text: string, at: number): Step | null {
  switch (text[at]) {
    case '`': {
      const code = match(INLINE_CODE, text, at);
      return code && { text: code[0], length: code[0].length };
    }
    case '\\': {
      const paren = match(PAREN, text, at);
      if (paren?.[1]) return { text: `\`${INLINE_MATH}${paren[1].trim()}\``, length: paren[0].length };
      // An escaped character stands for itself; a line break is left to begin its line.
      const escaped = text.slice(at, text[at + 1] === '\n' ? at + 1 : at + 2);
      return { text: escaped, length: escaped.length };
    }
    case '$': {
      const display = match(DISPLAY, text, at);
      if (display?.[1]) return { text: `\`${DISPLAY_MATH}${display[1].trim()}\``, length: display[0].length };
      const inline = match(INLINE, text, at);
      return inline?.[1] ? { text: `\`${INLINE_MATH}${inline[1]}\``, length: inline[0].length } : null;
    }
    default:
      return null;
  }
}
