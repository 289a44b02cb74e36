/**
 * Reasoning as lines. The built-in model writes its digit steps with semicolons between them; a semicolon ends a line where a
 * calculation stands before it, so that prose keeps its sentences whole. The decision needs only what came before, which is what
 * lets a line that is drawn stay as it is while more arrives.
 */
export class ReasoningLines {
  readonly lines: string[] = [''];
  #consumed = 0;

  /** Takes the whole text so far; returns the index of the first line that changed. */
  update(text: string): number {
    const first = this.lines.length - 1;
    for (; this.#consumed < text.length; this.#consumed += 1) {
      const character = text[this.#consumed] ?? '';
      const last = this.lines.length - 1;
      const line = this.lines[last] ?? '';
      if (character === '\n') this.#breakAfter(line);
      else if (character === ';' && isStep(line)) this.#breakAfter(line);
      else if (line !== '' || !/\s/.test(character)) this.lines[last] = line + character;
    }
    return first;
  }

  #breakAfter(line: string): void {
    this.lines[this.lines.length - 1] = line.trimEnd();
    // Blank lines and a break that is written both ways leave one line.
    if (line.trim() !== '') this.lines.push('');
  }
}

function isStep(line: string): boolean {
  return line.length <= 80 && /\d/.test(line) && /[=+\-−×÷*/:<>,]|\d\s*$/.test(line);
}

export function reasoningLines(text: string): string[] {
  const lines = new ReasoningLines();
  lines.update(text);
  return lines.lines.filter((line) => line !== '');
}
