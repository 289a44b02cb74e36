import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { forkUtilityEngine } from './utility-engine';

class FakeUtilityProcess extends EventEmitter {
  pid: number | undefined = undefined;
  readonly postMessage = vi.fn();
}

const { fork } = vi.hoisted(() => ({ fork: vi.fn() }));
vi.mock('electron', () => ({ utilityProcess: { fork } }));

let child: FakeUtilityProcess;
beforeEach(() => {
  child = new FakeUtilityProcess();
  fork.mockReturnValue(child);
});

describe('forkUtilityEngine', () => {
  it('passes messages both ways and reports the end, to latecomers too', () => {
    const engine = forkUtilityEngine('/engine.js');
    const heard: unknown[] = [];
    engine.onMessage((message) => heard.push(message));
    engine.onExit((reason) => heard.push(reason));
    engine.send({ type: 'unload', id: 1 });
    expect(child.postMessage).toHaveBeenCalledWith({ type: 'unload', id: 1 });
    child.emit('message', { type: 'unloaded', id: 1 });
    child.emit('exit', 139);
    engine.onExit((reason) => heard.push(`again: ${reason}`));
    expect(heard).toEqual([{ type: 'unloaded', id: 1 }, 'ended with code 139', 'again: ended with code 139']);
    engine.send({ type: 'shutdown' });
    expect(child.postMessage).toHaveBeenCalledTimes(1);
  });

  it('kills for certain, and nothing when there is nothing to kill', () => {
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw new Error('ESRCH');
    });
    const engine = forkUtilityEngine('/engine.js');
    engine.kill();
    expect(kill).not.toHaveBeenCalled();
    child.pid = 4_194_303;
    expect(() => engine.kill()).not.toThrow();
    expect(kill).toHaveBeenCalledWith(4_194_303, 'SIGKILL');
    kill.mockRestore();
  });
});
