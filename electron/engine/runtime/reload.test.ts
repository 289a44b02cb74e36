import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { koffi } from '../ort/ffi';
import { returnFreedMemory } from '../ort/process-memory';
import { collect, request } from '../testing/requests';
import { LoadedModel } from './loaded-model';

/** One process loads one model after the other whenever somebody chooses another: what each leaves behind adds up. */

const NANO = join(import.meta.dirname, '../../../models/nano');
const MB = 2 ** 20;
const glibc = process.platform === 'linux' && 'glibcVersionRuntime' in reportHeader();

function reportHeader(): object {
  return (process.report.getReport() as unknown as { readonly header: object }).header;
}

/** Bytes that native code has taken and not freed, in every arena. */
function nativeBytesInUse(): () => number {
  const names = [
    'arena',
    'ordblks',
    'smblks',
    'hblks',
    'hblkhd',
    'usmblks',
    'fsmblks',
    'uordblks',
    'fordblks',
    'keepcost',
  ];
  const type = koffi.struct('mallinfo2', Object.fromEntries(names.map((name) => [name, 'size_t'])));
  const mallinfo2 = koffi.load('libc.so.6').func('mallinfo2', type, []);
  return () => {
    const { uordblks, hblkhd } = mallinfo2() as { uordblks: number; hblkhd: number };
    return Number(uordblks) + Number(hblkhd);
  };
}

/** Resident memory of this process that is no file's. */
function anonymousBytes(): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

test.skipIf(!glibc)(
  'a model loaded and disposed of ten times leaves nothing',
  { timeout: 120_000 },
  async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const bytesInUse = nativeBytesInUse();
    const taken: number[] = [];
    const resident: number[] = [];
    for (let round = 0; round < 10; round++) {
      const model = await LoadedModel.load(NANO, { provider: 'cpu', threads: 2 });
      const { last } = await collect(model.generate(request('What is 384 + 729?')));
      expect(last).toMatchObject({ type: 'finished' });
      await model.dispose();
      collectGarbage();
      taken.push(bytesInUse());
      resident.push(anonymousBytes());
    }
    // Rounds to begin with compile code and start threads, which stay. The least of several: buffers on their way out come and go.
    const growth = (bytes: readonly number[]) =>
      Math.min(...bytes.slice(-3)) - Math.min(...bytes.slice(0, 2));
    // 0.4 MB measured. Weights are 22 MB and a KV cache 25: what could be forgotten eight times is far more than this.
    expect(growth(taken)).toBeLessThan(3 * MB);
    // 20 to 30 MB measured, which do not become more in thirty rounds: pages that something small still lies on.
    expect(growth(resident)).toBeLessThan(60 * MB);
  },
);

test.skipIf(!glibc)('what native code has freed goes back to the system', () => {
  const libc = koffi.load('libc.so.6');
  const malloc = libc.func('void *malloc(size_t)') as (bytes: number) => bigint;
  const fill = libc.func('void *memset(void *, int, size_t)') as (
    block: bigint,
    value: number,
    n: number,
  ) => void;
  const free = libc.func('void free(void *)') as (block: bigint) => void;
  // Too small for pages of their own; blocks in use between them, and behind the last.
  const blocks = Array.from({ length: 2000 }, () => {
    const large = malloc(50 * 1024);
    fill(large, 1, 50 * 1024);
    return [large, malloc(2000)] as const;
  });
  const before = anonymousBytes();
  for (const [large] of blocks) free(large);
  returnFreedMemory();
  expect(before - anonymousBytes()).toBeGreaterThan(60 * MB);
  for (const [, small] of blocks) free(small);
});
