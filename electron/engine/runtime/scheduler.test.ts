import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Sequence } from '../families/family';
import type { Generation } from './generation';
import { Scheduler } from './scheduler';

/** What ran, in order; `(` and `)` enclose work that ran alone. */
function setup(exclusive = false) {
  const log: string[] = [];
  const sequence: Sequence = {
    room: 100,
    holds: () => false,
    prefill: async () => {},
    step: () => {},
    greedy: () => 0,
    logits: () => new Float32Array(),
    dispose: () => void log.push('disposed'),
  };
  const scheduler = new Scheduler(sequence, {
    maxSequences: exclusive ? 2 : 1,
    exclusive,
    createSequence: () => (exclusive ? { ...sequence } : null),
  });
  /** One that writes so many tokens after a prompt that takes a while. */
  const generation = (tokens: number): Generation => {
    let left = tokens;
    const run = {
      signal: new AbortController().signal,
      prompt: {},
      ended: false,
      start: async () => {
        log.push('prompt');
        await setTimeout(10);
        log.push('read');
      },
      advance: async () => {
        log.push('step');
        run.ended = --left === 0;
      },
      finish: () => {
        run.ended = true;
      },
      fail: (error: unknown) => {
        throw error;
      },
    };
    // As much of one as the scheduler touches.
    return run as unknown as Generation;
  };
  const alone = (name: string) =>
    scheduler.alone(async () => {
      log.push(`(${name}`);
      await setTimeout(5);
      log.push(`${name})`);
      return name;
    });
  return { log, scheduler, generation, alone };
}

/** No step or prompt between the two ends of work that runs alone. */
function undisturbed(log: readonly string[], name: string): boolean {
  return log.indexOf(`${name})`) === log.indexOf(`(${name}`) + 1;
}

describe('work that runs alone', () => {
  it('runs at once where nothing else does', async () => {
    const { log, alone } = setup();
    expect(await Promise.all([alone('a'), alone('b')])).toEqual(['a', 'b']);
    expect(log).toEqual(['(a', 'a)', '(b', 'b)']);
  });

  it('waits for a prompt being read, and steps wait for it', async () => {
    const { log, scheduler, generation, alone } = setup();
    const written = scheduler.submit(generation(3));
    await setTimeout(2);
    await alone('a');
    await written;
    expect(log.indexOf('read')).toBeLessThan(log.indexOf('(a'));
    expect(undisturbed(log, 'a')).toBe(true);
    expect(log.filter((entry) => entry === 'step')).toHaveLength(3);
  });

  it('comes between the steps of a long answer rather than after it', async () => {
    const { log, scheduler, generation, alone } = setup();
    const written = scheduler.submit(generation(500));
    while (!log.includes('step')) await nextTurn();
    await alone('a');
    expect(log.filter((entry) => entry === 'step').length).toBeLessThan(500);
    await written;
    expect(undisturbed(log, 'a')).toBe(true);
  });

  it('that fails is its caller’s concern alone', async () => {
    const { log, scheduler, generation } = setup();
    const written = scheduler.submit(generation(2));
    await expect(scheduler.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await written;
    await scheduler.dispose();
    expect(log.at(-1)).toBe('disposed');
  });
});

describe('a device that takes one run at a time', () => {
  it('reads a prompt while nobody writes', async () => {
    const { log, scheduler, generation } = setup(true);
    const first = scheduler.submit(generation(60));
    while (!log.includes('step')) await nextTurn();
    await Promise.all([first, scheduler.submit(generation(3))]);
    const second = log.lastIndexOf('prompt');
    expect(log.slice(0, second)).toContain('step');
    expect(log[second + 1]).toBe('read');
    expect(log.filter((what) => what === 'step')).toHaveLength(63);
    await scheduler.dispose();
  });
});
