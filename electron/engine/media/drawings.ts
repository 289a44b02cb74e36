import type { DrawingOutcome, DrawingRequest } from '../../contract/drawing';
import type { EngineMessage } from '../../contract/engine';

export type Draw = (what: 'size' | 'pixels', request: DrawingRequest) => Promise<DrawingOutcome>;

/** A model that is used without the app (benchmarks, builders) sees no SVG. */
const nobody: Draw = async () => ({ refused: 'unsupported' });

let draw: Draw = nobody;

/** Who draws for this process from now on. */
export function drawWith(other: Draw): void {
  draw = other;
}

export const drawElsewhere: Draw = (what, request) => draw(what, request);

/** Asks the app for drawings. One that is not answered waits as long as the app does, which has a limit and ends this process with itself. */
export class RequestedDrawings {
  readonly #send: (message: EngineMessage) => void;
  readonly #waiting = new Map<number, (outcome: DrawingOutcome) => void>();
  #drawings = 0;

  constructor(send: (message: EngineMessage) => void) {
    this.#send = send;
  }

  draw: Draw = (what, request) => {
    const drawing = ++this.#drawings;
    return new Promise((resolve) => {
      this.#waiting.set(drawing, resolve);
      this.#send({ type: 'draw', drawing, what, request });
    });
  };

  drawn(drawing: number, outcome: DrawingOutcome): void {
    this.#waiting.get(drawing)?.(outcome);
    this.#waiting.delete(drawing);
  }
}
