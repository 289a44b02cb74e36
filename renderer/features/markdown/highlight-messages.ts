import type { Grammar } from './grammars';

export interface Token {
  readonly content: string;
  readonly color: string | undefined;
  readonly italic: boolean;
}

export type Line = readonly Token[];

/** To the worker: a block and its whole text so far. `run` counts up when the text begins anew. */
export type HighlightRequest =
  | {
      readonly type: 'update';
      readonly id: number;
      readonly run: number;
      readonly grammar: Grammar;
      /** What follows the text sent before in this run. */
      readonly added: string;
      readonly complete: boolean;
    }
  | { readonly type: 'dispose'; readonly id: number };

/** From the worker: lines that follow those it sent before, up to `consumed` in the text. */
export interface HighlightAnswer {
  readonly id: number;
  readonly run: number;
  readonly lines: readonly Line[];
  readonly consumed: number;
}
