import type { Gpu } from './models';

/** Free bytes of a GPU's memory, or all of them where nobody counts. */
export const freeBytesOf = ({ freeBytes, totalBytes }: Gpu): number => freeBytes ?? totalBytes;

/**
 * The GPU that a model goes to where none was chosen: the one with the most free memory, of equals the first. A model that does not fit there
 * fits nowhere.
 */
export function roomiestGpu(gpus: readonly Gpu[]): Gpu | undefined {
  return gpus.reduce<Gpu | undefined>(
    (best, gpu) => (best && freeBytesOf(best) >= freeBytesOf(gpu) ? best : gpu),
    undefined,
  );
}
