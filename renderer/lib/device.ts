import type { TFunction } from 'i18next';
import type { Device } from '../../electron/contract/device';

/** "CPU, 2 threads", or a card's own name, in the reader's language. */
export function deviceText(device: Device, t: TFunction): string {
  if (device.kind === 'processor') return t('engine.onProcessor', { count: device.threads });
  if (device.kind === 'remote') return device.host;
  const { name, number } = device;
  const which = number === undefined ? name : t('engine.oneOfCards', { number, name });
  const recorded = device.withoutCudaGraph ? t('engine.withoutCudaGraph', { device: which }) : which;
  const shared = device.weightsNotShared ? t('engine.weightsNotShared', { device: recorded }) : recorded;
  const fast = device.withoutOwnKernels ? t('engine.withoutOwnKernels', { device: shared }) : shared;
  return device.cacheNotQuantized ? t('engine.cacheNotQuantized', { device: fast }) : fast;
}
