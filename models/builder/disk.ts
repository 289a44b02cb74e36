import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { ModelError } from './errors';

/** @throws ModelError with both figures when the disk of `target` has not so many bytes free. */
export function checkSpace(target: string, needed: number, what: string): void {
  let parent = path.resolve(target);
  while (!existsSync(parent)) parent = path.dirname(parent);
  const { bavail, bsize } = statfsSync(parent);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new ModelError(
    `${what} needs ${gigabytes(needed)} and ${parent} has ${gigabytes(free)} free: make room, or choose another place.`,
    { kind: 'disk-space', needed, free },
  );
}

export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
