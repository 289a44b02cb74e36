import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import type { MemoryUse } from './backend';

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
