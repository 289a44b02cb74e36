import koffi, { type LibraryHandle } from 'koffi';

// ORT parses models and optimizes graphs recursively, far deeper than koffi's 128 KiB for worker threads. Koffi accepts settings
// only before its first library, so whoever opens one takes koffi from here.
const STACK_BYTES = 8 << 20;
if (koffi.config().async_stack_size !== STACK_BYTES) {
  koffi.config({ async_stack_size: STACK_BYTES, sync_stack_size: STACK_BYTES, resident_async_pools: 2 });
}

/** An address in this process. Koffi hands native pointers out as BigInt. */
export type Pointer = bigint;

/** What koffi passes for a pointer argument: an address, null, or JavaScript memory (pinned only while the call lasts). */
export type PointerArgument = Pointer | null | ArrayBufferView;

export type NativeFunction = ReturnType<LibraryHandle['func']>;

/** A function of a table of pointers, by its index, with koffi's types of its result and its arguments. */
export type Native = (index: number, result: string, args: string) => NativeFunction;

/** Throws what a status says, and releases it. */
export type Check = (status: Pointer | null) => void;

export { koffi };
