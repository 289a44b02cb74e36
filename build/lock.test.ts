import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>;
};

describe('package-lock.json', () => {
  it('holds no download addresses, which would tie it to one registry', () => {
    expect(Object.keys(packages).filter((path) => packages[path]?.resolved?.startsWith('http'))).toEqual([]);
  });

  // A registry that lacks one platform's binary leaves its entry out, and then `npm ci` refuses the whole lock file.
  it('names the binaries of every platform', () => {
    const installed = new Set(Object.keys(packages).map((path) => path.split('node_modules/').pop()));
    const missing = Object.values(packages)
      .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
      .filter((name) => !installed.has(name));
    expect(missing).toEqual([]);
  });
});
