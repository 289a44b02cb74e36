import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundled } from '../../build/testing/bundled';
import { type ConvertOptions, convert, workFolder } from './convert';
import { ConversionPaused } from './convert-tasks';
import { planConversion } from './dry-run';
import type { Checkpoint } from './families/jobs';
import { readManifest, verifyPackage } from './verify';

const bundle = bundled('models/builder/cli.ts', 'models/builder/convert-worker.ts');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'autoglm-convert-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fixture = path.join(import.meta.dirname, 'fixtures', 'glm4v');
const names = { id: 'small', name: 'Small', license: 'Apache-2.0', source: 'test' };
const options = (out: string, more: Partial<ConvertOptions> = {}): ConvertOptions => ({
  out: path.join(folder, out),
  precision: 'int4',
  blockSize: 32,
  names,
  workerEntry: pathToFileURL(bundle('models/builder/convert-worker.ts')),
  ...more,
});

/** 30 million weights a layer: of several, some seconds of work, long enough to be ended in the middle. */
function largeConfig(layers: number): Checkpoint {
  const nano = JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/tiny/config.json'), 'utf8'));
  const file = path.join(folder, 'large.json');
  const sizes = { hidden_size: 1024, intermediate_size: 4096, num_attention_heads: 16, vocab_size: 12_288 };
  writeFileSync(file, JSON.stringify({ ...nano, ...sizes, encoder_layers: layers, decoder_layers: layers }));
  return { kind: 'random', config: file, seed: 3 };
}

const weightsOf = (out: string) => readFileSync(path.join(folder, out, 'weights.data'));

describe('conversion', () => {
  test('the package has the same bytes for any number of threads, and on none', async () => {
    const checkpoint: Checkpoint = { kind: 'folder', folder: fixture };
    await convert(checkpoint, options('none'));
    for (const workers of [1, 3]) await convert(checkpoint, options(`w${workers}`, { workers }));
    const files = readManifest(path.join(folder, 'none')).files;
    expect(readManifest(path.join(folder, 'w1')).files).toEqual(files);
    expect(readManifest(path.join(folder, 'w3')).files).toEqual(files);
    expect(await verifyPackage(path.join(folder, 'w3'))).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['none', 'w1', 'w3']);
  });

  test('ended by SIGKILL in the middle it goes on, and the bytes are the same', async () => {
    const checkpoint = largeConfig(4);
    const cut = options('cut', { workers: 1 });
    const child = startCli(checkpoint, cut.out);
    await someDone(cut.out, child);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(cut.out)).toBe(false);
    // The end of a journal that was being written is half an entry.
    writeFileSync(path.join(workFolder(cut.out), 'done.log'), Buffer.of(1, 2, 3), { flag: 'a' });

    const { resumed, parameters } = await convert(checkpoint, cut);
    expect(resumed).toBeGreaterThan(0);
    expect(resumed).toBeLessThan(parameters);
    await convert(checkpoint, options('whole', { workers: 2 }));
    expect(weightsOf('cut').equals(weightsOf('whole'))).toBe(true);
    expect(readManifest(cut.out).files).toEqual(readManifest(path.join(folder, 'whole')).files);
  }, 120_000);

  test('stopped by its signal it says so, keeps what it has, and starts over when an option changes', async () => {
    const checkpoint = largeConfig(1);
    const abort = new AbortController();
    const paused = options('paused', {
      workers: 1,
      signal: abort.signal,
      onProgress: ({ fraction }) => fraction > 0.2 && abort.abort(),
    });
    await expect(convert(checkpoint, paused)).rejects.toBeInstanceOf(ConversionPaused);
    const { signal: _, onProgress: _p, ...again } = paused;
    const other = await convert(checkpoint, { ...again, blockSize: 64 });
    expect(other.resumed).toBe(0);
  }, 120_000);

  test('what a disk made of the weights is compared with what was written', async () => {
    const checkpoint = largeConfig(1);
    const out = options('damaged', { workers: 1 });
    let spoiled = false;
    const onProgress: ConvertOptions['onProgress'] = ({ phase }) => {
      if (phase !== 'verify' || spoiled) return;
      spoiled = true;
      const file = path.join(workFolder(out.out), 'weights.data');
      truncateSync(file, statSync(file).size - 4096);
    };
    await expect(convert(checkpoint, { ...out, onProgress })).rejects.toThrow(
      /ends at byte|is not what is on the disk/,
    );
    expect(existsSync(out.out)).toBe(false);
    // Nothing of it is trusted by the next run.
    expect((await convert(checkpoint, out)).resumed).toBe(0);
  }, 120_000);

  test('progress rises to the end and tells the time that is left', async () => {
    const seen: number[] = [];
    let told = false;
    await convert(
      largeConfig(6),
      options('told', {
        workers: 1,
        onProgress: ({ phase, fraction, secondsLeft }) => {
          if (phase !== 'convert') return;
          seen.push(fraction);
          told ||= secondsLeft !== undefined && secondsLeft > 0;
        },
      }),
    );
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    expect(told).toBe(true);
  }, 60_000);
});

describe('refused before any work', () => {
  const spoiled = () => {
    const copy = path.join(folder, 'checkpoint');
    cpSync(fixture, copy, { recursive: true });
    return copy;
  };
  const attempt = (checkpoint: string, more: Partial<ConvertOptions> = {}) =>
    convert({ kind: 'folder', folder: checkpoint }, options('out', more));

  test.each<[string, (checkpoint: string) => void, RegExp]>([
    [
      'a truncated shard',
      (at) => truncateSync(path.join(at, 'model.safetensors'), 300_000),
      /Tensor .* is truncated: it ends at byte \d+, model\.safetensors at byte 300000/,
    ],
    [
      'a missing shard',
      (at) => {
        rmSync(path.join(at, 'model.safetensors'));
        const weight_map = { 'lm_head.weight': 'model-00001-of-00002.safetensors' };
        writeFileSync(path.join(at, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
      },
      /model-00001-of-00002\.safetensors does not exist/,
    ],
    [
      'an unknown architecture',
      (at) => writeFileSync(path.join(at, 'config.json'), '{"model_type": "mamba"}'),
      /of the type mamba; the builder knows autoglm-phone, glm4v and whisper/,
    ],
    [
      'weights in pickles',
      (at) => {
        rmSync(path.join(at, 'model.safetensors'));
        writeFileSync(path.join(at, 'pytorch_model.bin'), 'PK');
      },
      /pytorch_model\.bin and no safetensors/,
    ],
    ['no tokenizer', (at) => rmSync(path.join(at, 'tokenizer.json')), /no tokenizer at/],
  ])('%s', async (_, spoil, message) => {
    const checkpoint = spoiled();
    spoil(checkpoint);
    await expect(attempt(checkpoint)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(['checkpoint']);
  });

  test('a pattern of --int8 that fits nothing, and one that does', async () => {
    await expect(attempt(fixture, { int8: ['*.q_proj.wieght'] })).rejects.toThrow(
      '--int8 *.q_proj.wieght fits no matrix of this checkpoint.',
    );
    const bytes = (int8: readonly string[]) =>
      planConversion({ kind: 'folder', folder: fixture }, options('out', { int8 })).bytes;
    expect(bytes(['*.down_proj.weight'])).toBeGreaterThan(bytes([]));
    await attempt(fixture, { int8: ['*.down_proj.weight'] });
    expect(await verifyPackage(path.join(folder, 'out'))).toEqual([]);
  });

  test('a disk without room', async () => {
    const whole: Checkpoint = { kind: 'random', config: '9b', seed: 1 };
    const { bytes } = planConversion(whole, options('out', { precision: 'fp32' }));
    expect(bytes).toBeGreaterThan(20e9);
    const { checkSpace } = await import('./disk');
    expect(() => checkSpace(folder, 1e18, 'The package')).toThrow(
      /The package needs 1000000000\.0 GB and .* has [\d.]+ GB free/,
    );
  });
});

test('the whole int4 package of the 9 B glm4v takes less than 6.5 GB', () => {
  for (const more of [{}, { blockSize: 128, headPrecision: 'int8' }] as const) {
    const plan = planConversion({ kind: 'random', config: 'glm4v-9b', seed: 1 }, options('out', more));
    expect(plan.parameters).toBe(10_292_777_472);
    expect(plan.bytes).toBeLessThan(6e9);
    expect(plan.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(plan.bytes);
  }
});

function startCli(checkpoint: Checkpoint, out: string): ChildProcess {
  if (checkpoint.kind !== 'random') throw new TypeError('a random one');
  const own = ['random', '-c', checkpoint.config, '--seed', String(checkpoint.seed), '-o', out];
  return spawn(
    process.execPath,
    [bundle('models/builder/cli.ts'), ...own, '--workers', '1', '--id', names.id, '--name', names.name],
    { stdio: ['ignore', 'inherit', 'pipe'] },
  );
}

async function someDone(out: string, child: ChildProcess): Promise<void> {
  const journal = path.join(workFolder(out), 'done.log');
  while (!existsSync(journal) || statSync(journal).size === 0) {
    if (child.exitCode !== null)
      throw new Error(`It ended with code ${child.exitCode} before it could be killed.`);
    await sleep(5);
  }
}
