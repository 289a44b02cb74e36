import type { HubResult } from '../../contract/hub';
import { memoryNeeded } from '../../contract/memory';
import type { HubFound } from '../../contract/model-tool';
import type { ConvertRequest } from '../../contract/models';

const BITS = { int4: 4, int8: 8, fp16: 16 } as const;
const BLOCK = 32;

/** Bytes of a package of so many weights; a scale of 16 bits for each block. */
function packageBytes(parameters: number, precision: ConvertRequest['precision']): number {
  const bits = BITS[precision] + (precision === 'fp16' ? 0 : 16 / BLOCK);
  return Math.round((parameters * bits) / 8);
}

/** What can come of one of a repository's models, with the memory it would take; a checkpoint in each precision. */
export function resultsOf(
  { layout, id, bytes, architecture }: HubFound['variants'][number],
  cuda: boolean,
): HubResult[] {
  // What was exported for a GPU, or in float16, runs on one where there is one.
  const forCuda = layout === 'checkpoint' || /cuda|gpu|f16|fp16/i.test(id);
  const device = cuda && forCuda ? 'cuda' : 'cpu';
  const needed = (weights: number | null) =>
    architecture && weights !== null
      ? memoryNeeded(
          {
            family: architecture.family,
            memory: { weights, kvPerToken: architecture.kvPerToken },
            files: [],
            graphs: { cuda: { activation: 'float16', files: {} } },
          },
          device,
          architecture.contextLength,
        )
      : null;
  if (layout !== 'checkpoint') return [{ precision: null, bytes, memoryNeeded: needed(bytes), device }];
  const parameters = architecture?.parameters ?? 0;
  return (['int4', 'int8', 'fp16'] as const).map((precision) => {
    const weights = packageBytes(parameters, precision);
    return { precision, bytes: weights, memoryNeeded: needed(weights), device };
  });
}
