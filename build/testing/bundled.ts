import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import { root } from '../scripts/setup.mjs';

/**
 * For tests that start many processes of ours: each of these sources as one JavaScript file, which Node starts in a quarter of the
 * processor time that tsx takes for it. There for all tests of the file, not before.
 *
 * @param sources from the checkout's root
 * @returns where the file of one of them is: in a folder laid out as the checkout
 */
export function bundled<S extends string>(...sources: readonly S[]): (source: S) => string {
  let folder = '';
  beforeAll(async () => {
    // Where the checkout's packages are found, and where no other test looks.
    const cache = join(root, 'node_modules', '.cache');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'autoglm-bundled-'));
    await build({
      absWorkingDir: root,
      entryPoints: [...sources],
      outbase: root,
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      logLevel: 'warning',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (source) => join(folder, source.replace(/\.ts$/, '.mjs'));
}
