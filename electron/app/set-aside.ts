import { existsSync } from 'node:fs';

/** A free name beside `file` for a damaged copy that must not be lost: `settings.json.damaged-2026-11-22-210000`. */
export function asidePath(file: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  const base = `${file}.damaged-${stamp}`;
  for (let count = 1; ; count++) {
    const path = count === 1 ? base : `${base}-${count}`;
    if (!existsSync(path)) return path;
  }
}
