import { describeDevice } from '../../contract/device';
import { AppError } from '../../contract/errors';
import type { Manifest } from '../../contract/manifest';
import { memoryNeeded } from '../../contract/memory';
import type { CacheType } from '../../contract/models';
import type { Backend } from '../ort/backend';

/**
 * Refuses before gigabytes are read what cannot fit. The model that was loaded before has been unloaded by now.
 *
 * @throws AppError `out-of-memory` with both figures.
 */
export function requireMemory(
  manifest: Manifest,
  backend: Backend,
  contextLength: number,
  cacheType: CacheType,
): void {
  const needed = memoryNeeded(manifest, backend.provider, contextLength, cacheType);
  const { freeBytes } = backend.memory();
  if (needed <= freeBytes) return;
  const onCard = backend.provider === 'cuda' || backend.provider === 'webgpu';
  const what = onCard ? `the memory of ${describeDevice(backend.device)}` : 'main memory';
  const mib = (bytes: number) => Math.ceil(bytes / 2 ** 20).toLocaleString('en');
  throw new AppError(
    'out-of-memory',
    `Out of ${what}: ${manifest.name} needs about ${mib(needed)} MiB with a context of ${contextLength.toLocaleString('en')} tokens, and ${mib(freeBytes)} MiB are free. Use a shorter context or a smaller model, or close other programs.`,
    {
      kind: 'model-too-large',
      model: manifest.name,
      context: contextLength,
      provider: backend.provider,
      phase: 'load',
      needed,
      free: freeBytes,
    },
  );
}
