/** What a model runs on. */
export type Device =
  | { readonly kind: 'processor'; readonly threads: number }
  /** An engine that the user connected to. */
  | { readonly kind: 'remote'; readonly host: string }
  | {
      readonly kind: 'card';
      /** As its driver calls it; the provider's where no driver was asked. */
      readonly name: string;
      /** Which of several, counted from 0: they are often of one kind. */
      readonly number?: number;
      /** A part of the model cannot be recorded as a CUDA graph, which is slower. */
      readonly withoutCudaGraph?: true;
      /** Parts of the model have copies of their own of what they were meant to share, which takes more memory. */
      readonly weightsNotShared?: true;
      /** The provider's own kernels do what faster ones of the app's were meant to do. */
      readonly withoutOwnKernels?: true;
      /** The KV cache was meant to have 8 bits and has 16, which takes twice the memory. */
      readonly cacheNotQuantized?: true;
    };

/** In English, for logs, reports and measurements; renderer/lib/device.ts says it in the reader's language. */
export function describeDevice(device: Device): string {
  if (device.kind === 'processor')
    return `CPU, ${device.threads} ${device.threads === 1 ? 'thread' : 'threads'}`;
  if (device.kind === 'remote') return device.host;
  const which = device.number === undefined ? device.name : `GPU ${device.number}: ${device.name}`;
  const lacks = [
    device.withoutCudaGraph && 'without CUDA graph',
    device.weightsNotShared && 'weights not shared',
    device.withoutOwnKernels && 'without fast kernels',
    device.cacheNotQuantized && 'KV cache in 16 bits',
  ].filter(Boolean);
  return [which, ...lacks].join(', ');
}
