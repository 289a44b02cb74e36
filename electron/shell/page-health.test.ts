import { setImmediate as tick } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { labelsIn } from './labels';
import { keepHealthy } from './page-health';
import { NotingWindow } from './testing/fake-electron';

const asked = vi.hoisted(() => ({ messages: [] as string[], signals: [] as AbortSignal[], answer: 0 }));
vi.mock('electron', () => ({
  dialog: {
    showMessageBox: async (_window: unknown, options: { message: string; signal?: AbortSignal }) => {
      asked.messages.push(options.message);
      if (options.signal) asked.signals.push(options.signal);
      return { response: asked.answer };
    },
  },
}));

const labels = labelsIn('en');

function setup() {
  const window = new NotingWindow('app://autoglm/index.html');
  const done: string[] = [];
  Object.assign(window.webContents, {
    reload: () => done.push('reload'),
    forcefullyCrashRenderer: () => done.push('crash'),
  });
  keepHealthy(window.real, { labels: () => labels, log: () => {}, now: () => 0 });
  const crash = (reason: string) =>
    window.webContents.emit('render-process-gone', {}, { reason, exitCode: 1 });
  return { window, done, crash };
}

beforeEach(() => {
  asked.messages = [];
  asked.signals = [];
  asked.answer = 0;
});

describe('keepHealthy', () => {
  it('loads a page that crashed again, and a clean end not', () => {
    const { done, crash } = setup();
    crash('clean-exit');
    crash('crashed');
    crash('oom');
    expect(done).toEqual(['reload', 'reload']);
  });

  it('asks when it crashes again and again', async () => {
    const { window, done, crash } = setup();
    for (let count = 0; count < 4; count++) crash('crashed');
    await tick();
    expect(asked.messages).toEqual([labels.crashed]);
    expect(done).toHaveLength(4);
    asked.answer = 1;
    for (let count = 0; count < 4; count++) crash('crashed');
    await tick();
    expect(window.destroyed).toBe(true);
  });

  it('asks whether to wait for a page that hangs', async () => {
    const { window, done } = setup();
    window.emit('unresponsive');
    await tick();
    expect([asked.messages, done]).toEqual([[labels.unresponsive], []]);
    asked.answer = 1;
    window.emit('unresponsive');
    await tick();
    expect(done).toEqual(['crash']);
  });

  it('takes the question back when the page answers again', () => {
    const { window, done } = setup();
    asked.answer = 1;
    window.emit('unresponsive');
    window.emit('unresponsive');
    window.emit('responsive');
    expect(asked.messages).toHaveLength(1);
    expect(asked.signals[0]?.aborted).toBe(true);
    expect(done).toEqual([]);
  });
});
