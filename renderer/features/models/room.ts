import { freeBytesOf, roomiestGpu } from '../../../electron/contract/gpus';
import type { Hardware, ModelEntry } from '../../../electron/contract/models';

export interface Room {
  readonly needed: number;
  readonly free: number;
  readonly fits: boolean;
}

/** Free where a model would run that is not here yet, with what the one in use would give back. */
export function freeFor({ graphics, memory, reclaimable }: Hardware, onGpu: boolean): number {
  const gpu = onGpu && graphics?.runtime.cudaProvider ? roomiestGpu(graphics.gpus) : undefined;
  const back =
    reclaimable && (reclaimable.provider === 'cuda') === (gpu !== undefined) ? reclaimable.bytes : 0;
  return (gpu ? freeBytesOf(gpu) : memory.freeBytes) + back;
}

/** Memory for a model where it would run, with what the one in use would give back. */
export function roomFor(model: ModelEntry, hardware: Hardware): Room {
  const { graphics, memory, reclaimable } = hardware;
  const wanted = model.options.provider ?? 'auto';
  const { deviceId } = model.options;
  const gpus = graphics?.runtime.cudaProvider ? graphics.gpus : [];
  const gpu = deviceId === undefined ? roomiestGpu(gpus) : gpus.find(({ id }) => id === deviceId);
  const onGpu = gpu && (wanted === 'cuda' || (wanted === 'auto' && model.manifest.graphs.cuda !== undefined));
  const card = wanted === 'webgpu' && !graphics?.webgpu?.software ? graphics?.webgpu : null;
  const ofCard = card?.freeBytes ?? card?.totalBytes;
  if (ofCard != null) {
    const given = reclaimable?.provider === 'webgpu' ? reclaimable.bytes : 0;
    return { needed: model.memoryNeeded, free: ofCard + given, fits: model.memoryNeeded <= ofCard + given };
  }
  const back = reclaimable && (reclaimable.provider === 'cuda') === Boolean(onGpu) ? reclaimable.bytes : 0;
  const free = (onGpu ? freeBytesOf(gpu) : memory.freeBytes) + back;
  return { needed: model.memoryNeeded, free, fits: model.memoryNeeded <= free };
}
