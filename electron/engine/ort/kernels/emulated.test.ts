import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import type { KernelFile } from './nvrtc';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'autoglm-emulated-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A compiler that knows float16 on this processor. */
const hasCompiler = (() => {
  try {
    const flags = ['-std=c++17', '-x', 'c++', '-fsyntax-only', '-'];
    const input = '#include <ucontext.h>\n_Float16 one = 1;';
    execFileSync('g++', flags, { input, stdio: ['pipe', 'ignore', 'ignore'] });
    return true;
  } catch {
    return false;
  }
})();

const kernels = (name: string) => readFileSync(new URL(`${name}.cu`, import.meta.url), 'utf8');
const emulation = (name: string) =>
  readFileSync(new URL(`../../testing/emulation/${name}`, import.meta.url), 'utf8');

/** What runs the kernels of a file, and how it is compiled. */
const RUNS = {
  attention: { of: 'attention.cpp', flags: ['-DFLOAT16'] },
  'attention-int8': { of: 'attention.cpp', flags: [] },
  'sparse-attention': { of: 'sparse-attention.cpp', flags: [] },
} as const satisfies Partial<Record<KernelFile, object>>;

/** common.cu without what the emulation has instead: assembly, and what needs it. */
function common(): string {
  const text = kernels('common');
  return text.slice(text.indexOf('DEVICE void unpack('), text.indexOf('/** silu(gate)'));
}

/** Shared memory whose size a launch tells, which the emulation has to have from the start. */
const givenShared = (source: string) =>
  source.replace('extern __shared__ Words shared[]', 'static Words shared[1 << 14]');

/** How far each run of tokens, or each case, is from exact attention. */
async function apart(
  file: keyof typeof RUNS,
  head: number,
  change: (source: string) => string = (source) => source,
): Promise<number[]> {
  const name = join(folder, `${file}-${head}-${change('').length}`);
  const source = [
    emulation('gpu.h'),
    common(),
    kernels('rotary'),
    change(givenShared(kernels(file))),
    emulation(RUNS[file].of),
  ];
  writeFileSync(`${name}.cpp`, source.join('\n'));
  const defines = [`-DHEAD=${head}`, ...RUNS[file].flags];
  await run('g++', ['-O1', '-U_FORTIFY_SOURCE', '-std=c++17', '-w', ...defines, '-o', name, `${name}.cpp`]);
  const { stdout } = await run(name);
  return stdout
    .trim()
    .split('\n')
    .map((line) => Number(line.split(': ')[1]));
}

/** The kernels' own source, without a GPU. */
describe.skipIf(!hasCompiler)('attention, emulated, with heads of', { timeout: 300_000 }, () => {
  test.each([64, 128])(
    '%i over float16 is exact attention, which shows that the emulation is right',
    async (head) => {
      const runs = await apart('attention', head);
      expect(runs.length).toBe(7);
      for (const run of runs) expect(run).toBeLessThan(1e-3);
    },
  );

  test.each([64, 128])('%i over 8 bits parts from that by its rounding', async (head) => {
    const runs = await apart('attention-int8', head);
    expect(runs.length).toBe(22);
    for (const run of runs) {
      expect(run).toBeGreaterThan(2e-3);
      expect(run).toBeLessThan(0.013);
    }
  });

  test('64 would be seen to be wrong: without the mask of several tokens', async () => {
    const runs = await apart('attention-int8', 64, (source) => {
      const without = source.replaceAll('min(end, seen)', 'end');
      if (source !== '') expect(without).not.toBe(source);
      return `${without}\n`;
    });
    expect(runs.filter((run) => !(run < 0.013)).length).toBeGreaterThan(5);
  });

  test.each([64, 128])(
    '%i, sparse, is exact attention to the blocks that the reference chooses',
    async (head) => {
      const cases = await apart('sparse-attention', head);
      expect(cases.length).toBe(6);
      for (const one of cases) expect(one).toBeLessThan(1e-3);
    },
  );

  test.each([
    ['the worst blocks are chosen', 'mark_of(s[j])', 'mark_of(-s[j])'],
    ['the rows after the last block are not seen', 'chosen * KEYS + rows % KEYS', 'chosen * KEYS'],
    ['copies are not waited for', 'wait_for_all_but<0>();', ''],
  ])('64, sparse, would be seen to be wrong where %s', async (_what, right, wrong) => {
    const cases = await apart('sparse-attention', 64, (source) => {
      const changed = source.replace(right, wrong);
      if (source !== '') expect(changed).not.toBe(source);
      return `${changed}${' '.repeat(right.length)}`;
    });
    expect(cases.some((one) => !(one < 1e-2))).toBe(true);
  });
});
