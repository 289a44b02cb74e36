import koffi, { type LibraryHandle } from 'koffi';

// ORT parses models and optimizes graphs recursively, far deeper than koffi's 128 KiB for worker threads. Koffi accepts settings
// only before its first library, so whoever opens one takes koffi from here.
const STACK_BYTES = 8 << 20;
if (koffi.config().async_stack_size !== STACK_BYTES) {
  koffi.config({ async_stack_size: STACK_BYTES, sync_stack_size: STACK_BYTES, resident_async_pools: 2 });
}

export type NativeFunction = ReturnType<LibraryHandle['func']>;

export { koffi };
