import type { Settings } from '../../../electron/contract/settings';

export type SamplingName = keyof Settings['sampling'];

export interface SamplingField {
  readonly name: SamplingName;
  readonly min: number;
  readonly max?: number;
  readonly step: number;
}

/** The bounds of contract/settings.ts and OpenAI's API. */
export const samplingFields: readonly SamplingField[] = [
  { name: 'temperature', min: 0, max: 2, step: 0.1 },
  { name: 'topP', min: 0, max: 1, step: 0.05 },
  { name: 'topK', min: 0, step: 1 },
  { name: 'minP', min: 0, max: 1, step: 0.01 },
  { name: 'repetitionPenalty', min: 0.5, max: 2, step: 0.05 },
  { name: 'frequencyPenalty', min: -2, max: 2, step: 0.1 },
  { name: 'presencePenalty', min: -2, max: 2, step: 0.1 },
  { name: 'maxTokens', min: 1, step: 64 },
  { name: 'seed', min: 0, max: 4_294_967_295, step: 1 },
];

/** Without the fields that are left empty, so that they follow what is behind them. */
export function withSampling<T extends Partial<Record<SamplingName, number>>>(
  sampling: T,
  name: SamplingName,
  value: number | undefined,
): T {
  const next: T = { ...sampling, [name]: value };
  if (value === undefined) delete next[name];
  return next;
}
