import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { createRandomPackage } from '../testing/random-package';
import { LOG_ERROR, loadApi } from './api';
import { CpuBackend } from './cpu-backend';
import { findRuntimeLibrary } from './library';
import { OrtSession } from './session';
import { SharedArena } from './shared-arena';

/** The CPU provider in CUDA's place: by source a session takes either's arena from the environment in the same way. */

const PROVIDER = 'CPUExecutionProvider';
const api = loadApi(findRuntimeLibrary());
const env = api.createEnv(LOG_ERROR, 'test');
const info = api.createMemoryInfo('Cpu', 1, 0, 0);
const backend = new CpuBackend(1);
const tiny = createRandomPackage();
afterAll(() => {
  backend.dispose();
  api.releaseMemoryInfo(info);
  api.releaseEnv(env);
  tiny.remove();
});

function share(): SharedArena {
  const arena = new SharedArena(api, env, PROVIDER, info);
  onTestFinished(() => arena.dispose());
  return arena;
}

async function open(arena?: SharedArena): Promise<OrtSession> {
  const options = api.createSessionOptions();
  try {
    api.setIntraOpThreads(options, 1);
    api.disableMemoryPattern(options);
    arena?.addTo(options);
    const session = await OrtSession.open(api, env, join(tiny.folder, 'encoder.fp32.onnx'), options);
    onTestFinished(() => session.dispose());
    return session;
  } finally {
    api.releaseSessionOptions(options);
  }
}

/** Keys and values of 60 tokens. */
async function run(session: OrtSession, token: bigint): Promise<readonly number[]> {
  const length = 60;
  const ids = backend.buffer('int64', [1, length]);
  ids.data.fill(token);
  const seqlens = backend.buffer('int32', [1]);
  const total = backend.buffer('int32', []);
  seqlens.data[0] = length - 1;
  total.data[0] = length;
  const names = [0, 1].flatMap((layer) => [`${layer}.key`, `${layer}.value`]);
  const cache = names.map((name) => [name, backend.buffer('float32', [1, 4, 64, 16])] as const);
  const named = (prefix: string) => Object.fromEntries(cache.map(([name, at]) => [`${prefix}.${name}`, at]));
  const binding = session.bind(
    { input_ids: ids, seqlens_k: seqlens, total_sequence_length: total, ...named('past_key_values') },
    named('present'),
  );
  await binding.runAsync();
  binding.dispose();
  const all = cache.flatMap(([, tensor]) => [...tensor.data]);
  for (const tensor of [ids, seqlens, total, ...cache.map(([, at]) => at)]) tensor.dispose();
  return all;
}

test('two sessions of one arena answer as each with its own, also at the same time, and take less', async () => {
  const own = [await open(), await open()] as const;
  const expected = [await run(own[0], 40n), await run(own[1], 7n)];
  expect(expected[0]).not.toEqual(expected[1]);
  expect(expected[0]!.some((value) => value !== 0)).toBe(true);
  const apart = own.map((session) => session.memoryHeld(info)!);

  const arena = share();
  const [first, second] = [await open(arena), await open(arena)];
  expect([await run(first, 40n), await run(second, 7n)]).toEqual(expected);
  const held = first.memoryHeld(info)!;
  expect(held).toBe(second.memoryHeld(info));
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan(apart[0]! + apart[1]!);
  for (let round = 0; round < 20; round++) {
    expect(await Promise.all([run(first, 40n), run(second, 7n)])).toEqual(expected);
  }
});

test('what a session held goes back to the arena, where the other counts it', async () => {
  const arena = share();
  const first = await open(arena);
  const alone = first.memoryInUse(info)!;
  const second = await open(arena);
  expect(first.memoryInUse(info)).toBeGreaterThan(alone);
  second.dispose();
  expect(first.memoryInUse(info)).toBe(alone);
});

test('a session that is not told of it has its own', async () => {
  const [shared, apart] = [await open(share()), await open()];
  const before = shared.memoryInUse(info);
  const another = await open();
  expect([another.memoryInUse(info), shared.memoryInUse(info)]).toEqual([apart.memoryInUse(info), before]);
});

test('it ends with its sessions, and can be made again', async () => {
  const arena = share();
  const old = await open(arena);
  const expected = await run(old, 40n);
  const [inUse, held] = [old.memoryInUse(info), old.memoryHeld(info)];
  arena.dispose();
  arena.dispose();
  expect(await run(old, 40n)).toEqual(expected);
  const next = share();
  const other = await open(next);
  // Nothing of the former's.
  expect(other.memoryHeld(info)).toBeLessThan(held!);
  await run(other, 7n);
  expect([old.memoryInUse(info), old.memoryHeld(info)]).toEqual([inUse, held]);
  const beside = await open(next);
  next.dispose();
  // Sessions told of an arena that is gone have their own.
  const late = await open(next);
  expect(late.memoryInUse(info)).not.toBe(beside.memoryInUse(info));
});

test('the next of a device takes the place of the one before, which may end later', async () => {
  const before = share();
  const early = await open(before);
  const counted = early.memoryInUse(info);
  const after = share();
  const late = await open(after);
  expect([early.memoryInUse(info), late.memoryInUse(info)]).toEqual([counted, counted]);
  after.dispose();
  before.dispose();
  expect(await run(late, 40n)).toEqual(await run(early, 40n));
});

test('a provider that this build does not have is an error', () => {
  expect(() => new SharedArena(api, env, 'NoSuchExecutionProvider', info)).toThrow(
    /NoSuchExecutionProvider is not implemented/,
  );
});

test('settings and their values arrive', () => {
  const strategy = (value: bigint) =>
    api.createArenaConfig(['arena_extend_strategy'], BigUint64Array.of(value), 1);
  api.releaseArenaConfig(strategy(1n));
  expect(() => strategy(7n)).toThrow(/invalid configuration value/i);
  expect(() => api.createArenaConfig(['no_such_setting'], BigUint64Array.of(1n), 1)).toThrow(/invalid/i);
});
