import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { collectLicences } from './scripts/licences.mjs';
import { root } from './scripts/setup.mjs';

function checkout(files: Readonly<Record<string, string | object>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'licences-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries({ NOTICE: 'Notice.', LICENSE: 'Own.', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

describe('the licences of what ships', () => {
  it('are found for dependencies, for what is bundled beside them, and for what those need', () => {
    const folder = checkout({
      'package.json': {
        dependencies: { a: '1' },
        devDependencies: { page: '1', tool: '1', spoken: '1', '@scope/font': '1' },
      },
      'renderer/main.tsx': "import { x } from 'page/part';\nimport './local';",
      'renderer/style.css': '@import "@scope/font/file.css";',
      'renderer/main.test.tsx': "import 'tool';",
      'electron/main.ts': "import { y } from 'spoken/part.js';",
      'electron/testing/help.ts': "import 'tool';",
      'node_modules/a/package.json': {
        name: 'a',
        version: '1.0.0',
        license: 'MIT',
        dependencies: { deep: '2' },
      },
      'node_modules/a/LICENSE': 'MIT text',
      'node_modules/a/node_modules/deep/package.json': {
        name: 'deep',
        version: '2.0.0',
        licenses: [{ type: 'MIT' }, { type: 'BSD' }],
        optionalDependencies: { 'not-here': '1' },
      },
      'node_modules/a/node_modules/deep/LICENCE.md': 'MIT text',
      'node_modules/deep/package.json': { name: 'deep', version: '1.0.0', license: 'ISC' },
      'node_modules/page/package.json': {
        name: 'page',
        version: '3.0.0',
        license: 'ISC',
        dependencies: { deep: '1', '@types/x': '1' },
      },
      'node_modules/@types/x/package.json': { name: '@types/x', version: '1.0.0' },
      'node_modules/@scope/font/package.json': { name: '@scope/font', version: '1.0.0', license: 'OFL-1.1' },
      'node_modules/spoken/package.json': { name: 'spoken', version: '1.0.0', license: 'MIT' },
      'node_modules/tool/package.json': { name: 'tool', version: '1.0.0', license: 'MIT' },
    });
    const { packages, texts, notice, own } = collectLicences(folder);
    expect(packages.map(({ name, version, license }) => `${name} ${version} ${license}`).sort()).toEqual([
      '@scope/font 1.0.0 OFL-1.1',
      'a 1.0.0 MIT',
      'deep 1.0.0 ISC',
      'deep 2.0.0 MIT OR BSD',
      'page 3.0.0 ISC',
      'spoken 1.0.0 MIT',
    ]);
    // One text for both.
    expect(texts).toEqual(['MIT text']);
    expect({ notice, own }).toEqual({ notice: 'Notice.', own: 'Own.' });
  });

  it('are known for every package of this checkout, its fonts and native libraries among them', () => {
    const { packages } = collectLicences(root);
    const names = packages.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'electron',
        'onnxruntime-node',
        'libsql',
        'react',
        'mermaid',
        '@fontsource-variable/inter',
        '@modelcontextprotocol/sdk',
      ]),
    );
    expect(names).not.toContain('vitest');
    expect(packages.filter(({ license }) => license === '').map(({ name }) => name)).toEqual([]);
  });
});
