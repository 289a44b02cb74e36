import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface KernelTime {
  /** Which session's profile, `0` being the first that was opened. */
  readonly session: number;
  /** `kernel`: on the device, where the provider was built to tell; `node`: an operator, on the processor's clock. */
  readonly kind: 'kernel' | 'node';
  readonly name: string;
  readonly count: number;
  readonly ms: number;
}

interface TraceEvent {
  readonly cat?: string;
  readonly name?: string;
  /** Microseconds. */
  readonly dur?: number;
  readonly args?: { readonly op_name?: string };
}

const SHOWN = 25;

/** The most expensive kernels and operators of the profiles (Chrome's trace format) that ORT wrote under a prefix. */
export function readProfile(prefix: string): KernelTime[] {
  const files = readdirSync(dirname(prefix))
    .filter((name) => name.startsWith(basename(prefix)) && name.endsWith('.json'))
    .sort();
  return files.flatMap((name, session) => {
    const events = JSON.parse(readFileSync(join(dirname(prefix), name), 'utf8')) as TraceEvent[];
    return (['kernel', 'node'] as const).flatMap((kind) => summary(events, kind, session));
  });
}

function summary(events: readonly TraceEvent[], kind: KernelTime['kind'], session: number): KernelTime[] {
  const sums = new Map<string, { count: number; ms: number }>();
  for (const { cat, name = '', dur = 0, args } of events) {
    if (cat?.toLowerCase() !== kind) continue;
    // Of a node only the time of its kernel: fences and the like are events too.
    if (kind === 'node' && !name.endsWith('_kernel_time')) continue;
    const key = kind === 'node' ? (args?.op_name ?? name) : name;
    const sum = sums.get(key) ?? { count: 0, ms: 0 };
    sum.count++;
    sum.ms += dur / 1000;
    sums.set(key, sum);
  }
  return [...sums]
    .map(([name, sum]) => ({ session, kind, name, count: sum.count, ms: Number(sum.ms.toFixed(3)) }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SHOWN);
}
