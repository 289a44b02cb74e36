import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import type { MemoryUse } from './backend';
import { koffi } from './ffi';

/** Resident memory of this process, in bytes. */
export function memoryOfProcess(): MemoryUse {
  return { usedBytes: process.memoryUsage.rss(), peakBytes: peakResident(), freeBytes: freemem() };
}

/** Highest resident memory so far, in bytes. */
function peakResident(): number {
  if (process.platform === 'linux') {
    // maxRSS survives exec on Linux, so a small child of a large parent would report the parent's.
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (line) return Number(line[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}

/** glibc's `malloc_trim`; null where the C library is another one. */
let trim: ((keep: number) => number) | null | undefined;

/**
 * Gives memory that native code has freed back to the system. glibc keeps the free pages between those in use, in an arena for every thread
 * that took memory: nothing leaks when a model is disposed of, but the process stays up to 100 MB larger without this.
 */
export function returnFreedMemory(): void {
  if (process.platform !== 'linux') return;
  if (trim === undefined) {
    try {
      trim = koffi.load('libc.so.6').func('int malloc_trim(size_t)') as (keep: number) => number;
    } catch {
      trim = null;
    }
  }
  trim?.(0);
}
