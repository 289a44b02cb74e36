import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configuration, files, IMAGES, updateFeed } from './electron-builder.mjs';
import { missingParts, nativeFolders } from './scripts/packable.mjs';
import { root } from './scripts/setup.mjs';
import { fromPacker } from './scripts/stage.mjs';

const { Minimatch } = fromPacker('minimatch');

type System = Parameters<typeof files>[0];

/** As electron-builder reads its patterns for packages: each that excludes may take a file out. */
function isPacked(system: System, arch: string, path: string): boolean {
  return files(system)
    .filter((pattern) => pattern.startsWith('!'))
    .every((pattern) => new Minimatch(pattern.replaceAll(`\${arch}`, arch), { dot: true }).match(path));
}

describe('native libraries', () => {
  const everywhere = [
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['darwin', 'arm64'],
    ['win32', 'x64'],
  ] as const;

  it.each(everywhere)('of %s-%s are packed and those of no other', (system, arch) => {
    for (const [otherSystem, otherArch] of everywhere) {
      const own = system === otherSystem && arch === otherArch;
      for (const folder of nativeFolders(otherSystem, otherArch)) {
        const path = `node_modules/${folder}/lib/library.node`;
        expect([path, isPacked(system, arch, path)]).toEqual([path, own]);
      }
    }
    expect(isPacked(system, arch, 'node_modules/@img/colour/index.cjs')).toBe(true);
    expect(isPacked(system, arch, `node_modules/@img/sharp-libvips-${system}-${arch}/lib/x`)).toBe(true);
    expect(isPacked(system, arch, 'node_modules/@libsql/linux-x64-musl/index.node')).toBe(false);
    expect(isPacked(system, arch, 'node_modules/@img/sharp-linuxmusl-x64/lib/x.node')).toBe(false);
  });

  it('are asked for by name when a package for another system is made', () => {
    const [problem] = missingParts('plan9', 'mips');
    expect(problem).toContain('no @koromix/koffi-plan9-mips');
    expect(problem).toContain('npm ci --os=plan9 --cpu=mips');
  });
});

describe('the update feed', () => {
  it('is absent unless the environment names one', () => {
    expect(updateFeed({})).toBeNull();
  });

  it('is a folder on a web server or the releases of a repository', () => {
    expect(updateFeed({ AUTOGLM_UPDATE_URL: 'https://example.org/app' })).toEqual({
      provider: 'generic',
      url: 'https://example.org/app',
    });
    expect(updateFeed({ AUTOGLM_UPDATE_GITHUB: 'someone/app' })).toMatchObject({
      provider: 'github',
      owner: 'someone',
      repo: 'app',
    });
  });

  it.each(['someone', 'a/b/c', '/b'])('refuses %j as a repository', (name) => {
    expect(() => updateFeed({ AUTOGLM_UPDATE_GITHUB: name })).toThrow('owner/name');
  });
});

describe('the installers', () => {
  it('offer the same images on Windows as elsewhere', () => {
    const script = readFileSync(join(root, 'build', 'installer.nsh'), 'utf8');
    const offered = [...script.matchAll(/insertmacro \$\{Do\} (\w+)/g)].map(([, extension]) => extension);
    expect(offered).toEqual(Object.keys(IMAGES));
  });

  it('find every file their configuration names', () => {
    const config = configuration();
    const named = [
      config.nsis?.include,
      config.mac?.entitlements,
      config.mac?.entitlementsInherit,
      ...[config.linux, config.win, config.mac].map((system) => join('build', String(system?.icon))),
      'build/mac/zh_CN.lproj/InfoPlist.strings',
    ];
    expect(named.filter((path) => !path || !existsSync(join(root, path)))).toEqual([]);
  });
});
