/**
 * Reasoning as lines. The built-in model writes "384+729: 4+9=13 carry; 8+2+1=11 carry => 1113": there, what is calculated, each
 * step and the result stand on lines of their own. Semicolons and colons in prose do not end a line. Every decision needs only
 * what came before, which is what lets a line that is drawn stay as it is while more arrives.
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
      else if ((character === ';' || character === '；') && isStep(line)) this.#breakAfter(line);
      else if (character === ' ' && isTask(line)) this.#breakAfter(line);
      else if (character === '>' && line.endsWith(' =') && isStep(line)) {
        this.#breakAfter(line.slice(0, -1));
        this.lines[this.lines.length - 1] = '=>';
      } else if (line !== '' || !/\s/.test(character)) this.lines[last] = line + character;
    }
    return first;
  }

  #breakAfter(line: string): void {
    this.lines[this.lines.length - 1] = line.trimEnd();
    // Blank lines and a break that is written both ways leave one line.
    if (line.trim() !== '') this.lines.push('');
  }
}

/** Short, and with numbers in it. */
function isStep(line: string): boolean {
  return line.length <= 80 && /\d/.test(line) && /[=+\-−×÷*/:<>,]|\d\s*$/.test(line);
}

/** "384+729:", which says what the steps after it calculate. */
function isTask(line: string): boolean {
  return line.length <= 40 && /^[\d\s.,()+\-−×÷*/%]+:$/.test(line) && /\d\s*[+\-−×÷*/%]/.test(line);
}

export function reasoningLines(text: string): string[] {
  const lines = new ReasoningLines();
  lines.update(text);
  return lines.lines.filter((line) => line !== '');
}
