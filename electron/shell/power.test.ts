import { EventEmitter } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Emitter } from '../app/emitter';
import type { RequestHandlers } from '../contract/api';
import { watchPower } from './power';

const { powerMonitor } = vi.hoisted(() => ({ powerMonitor: {} as EventEmitter }));
vi.mock('electron', () => ({ powerMonitor }));

function setup() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const monitor = new EventEmitter();
  Object.assign(powerMonitor, { on: monitor.on.bind(monitor), off: monitor.off.bind(monitor) });
  const emitter = new Emitter();
  const stopped: string[] = [];
  const handlers = { 'turns.stop': (id: string) => stopped.push(id) } as unknown as RequestHandlers;
  const end = watchPower({ handlers, onEvent: emitter.on.bind(emitter) }, () => {});
  let seq = 0;
  const ids = { turnId: 't', conversationId: 'c', messageId: 'm' };
  const token = () => {
    const payload = { ...ids, seq: ++seq, type: 'delta', channel: 'answer', text: 'a', tokens: 1 } as const;
    emitter.emit({ name: 'turn.event', payload });
  };
  return { monitor, stopped, token, end };
}

describe('after the machine slept', () => {
  it('an answer that goes on is left alone', async () => {
    const { monitor, stopped, token } = setup();
    token();
    monitor.emit('resume');
    await vi.advanceTimersByTimeAsync(60_000);
    token();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(stopped).toEqual([]);
  });

  it('one that does not is stopped, once', async () => {
    const { monitor, stopped, token } = setup();
    token();
    monitor.emit('resume');
    monitor.emit('resume');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(stopped).toEqual(['t']);
  });

  it('nothing is stopped by an app that has closed', async () => {
    const { monitor, stopped, token, end } = setup();
    token();
    monitor.emit('resume');
    end();
    await vi.advanceTimersByTimeAsync(600_000);
    expect([stopped, monitor.listenerCount('resume')]).toEqual([[], 0]);
  });
});
