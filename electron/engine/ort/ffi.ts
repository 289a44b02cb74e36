import koffi, { type LibraryHandle } from 'koffi';

// ORT parses models and optimizes graphs recursively, far deeper than koffi's 128 KiB for worker threads. Koffi accepts settings
// only before its first library, so whoever opens one takes koffi from here.
koffi.config({ async_stack_size: 8 << 20, sync_stack_size: 8 << 20, resident_async_pools: 2 });

export type NativeFunction = ReturnType<LibraryHandle['func']>;

export { koffi };
