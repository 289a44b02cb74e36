/** Ways to write the same graph, of which a provider may run one faster. What each is worth: models/bench/NOTES.md, CUDA. */
export interface GraphChoice {
  /** Two products for gate and up over the halves of their matrix, instead of one whose result is split. */
  readonly gateApart?: boolean;
  /** The norms between a product and a sum through the kernel of the summing norm (`summingRmsNorm`). */
  readonly summingNorms?: boolean;
  /** The vision tower's feed-forward nets take a quarter of the patches at a time: a quarter of the memory of their wide rows. */
  readonly visionParts?: boolean;
  /** The vision graph takes the picture itself and resizes it, instead of patches that the processor has cut. */
  readonly pixels?: boolean;
  /** The decoder gives the logits of several rows, by which a drafted continuation is checked. */
  readonly drafts?: boolean;
}

/** As the command line names them. */
const GRAPH_CHOICES = {
  'gate-apart': 'gateApart',
  'summing-norms': 'summingNorms',
  'vision-parts': 'visionParts',
  pixels: 'pixels',
  drafts: 'drafts',
} as const satisfies Record<string, keyof GraphChoice>;

export type GraphChoiceName = keyof typeof GRAPH_CHOICES;
export const GRAPH_CHOICE_NAMES = Object.keys(GRAPH_CHOICES) as readonly GraphChoiceName[];

export const graphChoice = (names: readonly GraphChoiceName[]): GraphChoice =>
  Object.fromEntries(names.map((name) => [GRAPH_CHOICES[name], true]));
