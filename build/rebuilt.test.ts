import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BUILD_SOURCES, root } from './scripts/setup.mjs';

test('what the build reads is looked at by npm start and npm test, so that nobody runs an old one', () => {
  const config = readFileSync(join(root, 'electron.vite.config.ts'), 'utf8');
  const read = [...config.matchAll(/resolve\('([^']+)'\)|from '\.\/([^']+)'/g)].map(
    ([, file, module]) => file ?? module,
  );
  expect(read.length).toBeGreaterThan(10);
  const unseen = read.filter(
    (file) => file !== '.' && !BUILD_SOURCES.some((source) => `${file}/`.startsWith(`${source}/`)),
  );
  expect(unseen).toEqual([]);
});
