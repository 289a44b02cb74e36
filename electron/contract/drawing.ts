import type { ErrorInfo } from './errors';
import type { Refusal } from './media';

/**
 * SVG can ask for hours of work (filters in filters, `<use>` of `<use>`), in native code that nothing can break off. So it is drawn, and
 * measured, by a process that is ended where it takes too long: the one that reads documents. The engine asks the app for it.
 */

export interface DrawingSize {
  readonly width: number;
  readonly height: number;
}

export interface DrawingRequest {
  readonly path: string;
  /** No more than so many pixels along each side are needed; absent: as many as the drawing says. */
  readonly enough?: DrawingSize;
}

/** What the app answers the engine. */
export type DrawingOutcome =
  | (DrawingSize & {
      /** A file of [height, width, 3] bytes, RGB over white, which is the engine's to remove; absent where the size was asked for. */
      readonly pixels?: string;
    })
  | { readonly refused: Refusal }
  | { readonly error: ErrorInfo };
