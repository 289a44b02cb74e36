import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Threads for one run: the physical cores, for two hyperthreads share the arithmetic units that a matrix product saturates. At most
 * what this process may use (affinity, container limit).
 */
export function defaultThreads(): number {
  const available = Math.min(availableParallelism(), containerCores());
  const physical = physicalCores();
  return Math.max(
    1,
    Math.min(available, physical ?? Math.ceil(available / (process.arch === 'x64' ? 2 : 1))),
  );
}

/** Null where the system does not say. */
function physicalCores(): number | null {
  try {
    const cpus = '/sys/devices/system/cpu';
    const cores = readdirSync(cpus)
      .filter((name) => /^cpu\d+$/.test(name))
      .map((name) => readFileSync(`${cpus}/${name}/topology/thread_siblings_list`, 'utf8').trim());
    return cores.length > 0 ? new Set(cores).size : null;
  } catch {
    return null;
  }
}

/** Cores that a Linux control group (version 2) grants, for example to a container. */
function containerCores(): number {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ');
    return quota === 'max'
      ? Number.POSITIVE_INFINITY
      : Math.max(1, Math.ceil(Number(quota) / Number(period)));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
