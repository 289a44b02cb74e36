/**
 * SVG can ask for hours of work (filters in filters, `<use>` of `<use>`), in native code that nothing can break off. So nobody waits
 * for a drawing longer than this, and while one is overdue no other is begun: each keeps a thread that files are read with too.
 */
export class DrawingLimit {
  #overdue = 0;

  /** @returns null where it takes longer, or an earlier one is not over yet. Errors of `draw` are passed on. */
  async run<Result>(draw: () => Promise<Result>, ms: number): Promise<Result | null> {
    if (this.#overdue > 0) return null;
    const drawing = draw();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => {
        this.#overdue++;
        const over = () => this.#overdue--;
        drawing.then(over, over);
        resolve(null);
      }, ms);
    });
    return Promise.race([drawing, late]).finally(() => clearTimeout(timer));
  }
}
