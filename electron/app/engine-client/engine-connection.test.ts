import { describe, expect, it, vi } from 'vitest';
import type { EngineCommand, EngineMessage } from '../../contract/engine';
import { EngineConnection } from './engine-connection';
import type { EngineProcess } from './engine-process';

/** A process that does what the test says. */
class ManualProcess implements EngineProcess {
  readonly sent: EngineCommand[] = [];
  say: (message: EngineMessage) => void = () => {};
  exit: (reason: string) => void = () => {};
  readonly #exits: ((reason: string) => void)[] = [];

  send(command: EngineCommand): void {
    this.sent.push(command);
  }
  onMessage(listener: (message: EngineMessage) => void): void {
    this.say = listener;
  }
  onExit(listener: (reason: string) => void): void {
    this.#exits.push(listener);
    this.exit = (reason) => {
      for (const each of this.#exits) each(reason);
    };
  }
  kill(): void {
    this.exit('was ended by SIGKILL');
  }
}

function setup(spawn?: () => EngineProcess) {
  const processes: ManualProcess[] = [];
  const exits: string[] = [];
  const connection = new EngineConnection({
    spawn:
      spawn ??
      (() => {
        const process = new ManualProcess();
        processes.push(process);
        return process;
      }),
    log: () => {},
    draw: async (what, { path }) =>
      what === 'size' ? { width: 1, height: 2 } : { width: 3, height: 4, pixels: path },
    exited: (reason) => exits.push(reason),
    abortTimeoutMs: 50,
  });
  const graphics = () =>
    connection.ask(
      (id) => ({ type: 'graphics', id }),
      (message) => (message.type === 'graphics' ? message.graphics : undefined),
    );
  return { connection, processes, exits, graphics };
}

const NONE = { devices: [] } as unknown as Extract<EngineMessage, { type: 'graphics' }>['graphics'];
const idOf = (command: EngineCommand | undefined) => (command as { readonly id: number }).id;

describe('EngineConnection', () => {
  it('draws what the engine asks for', async () => {
    const { processes, connection } = setup();
    connection.start();
    const [engine] = processes;
    engine?.say({ type: 'draw', drawing: 7, what: 'size', request: { path: 'a' } });
    engine?.say({ type: 'draw', drawing: 8, what: 'pixels', request: { path: 'b' } });
    await expect
      .poll(() => engine?.sent)
      .toEqual([
        { type: 'drawn', drawing: 7, outcome: { width: 1, height: 2 } },
        { type: 'drawn', drawing: 8, outcome: { width: 3, height: 4, pixels: 'b' } },
      ]);
  });

  it('gives each answer to whom it is for', async () => {
    const { processes, graphics } = setup();
    const [first, second] = [graphics(), graphics()];
    const [engine] = processes;
    const [a, b] = engine!.sent.map(idOf);
    engine!.say({ type: 'graphics', id: b!, graphics: NONE });
    expect(await second).toBe(NONE);
    engine!.say({ type: 'failed', id: a!, error: { code: 'engine-failed', message: 'No.' } });
    await expect(first).rejects.toMatchObject({ code: 'engine-failed', message: 'No.' });
    // An answer to nobody is no harm.
    engine!.say({ type: 'graphics', id: b!, graphics: NONE });
  });

  it('what a process that was ended had not answered fails; what is asked later goes to the next one', async () => {
    const { connection, processes, exits, graphics } = setup();
    const lost = graphics();
    const late = graphics();
    const ended = connection.end(10_000);
    const next = graphics();
    const [old, fresh] = processes;
    expect(old!.sent.at(-1)).toEqual({ type: 'shutdown' });
    // It may still say what it was about to say.
    old!.say({ type: 'graphics', id: idOf(old!.sent[1]), graphics: NONE });
    expect(await late).toBe(NONE);
    old!.exit('ended with code 0');
    await ended;
    await expect(lost).rejects.toMatchObject({ code: 'engine-crashed' });
    fresh!.say({ type: 'graphics', id: idOf(fresh!.sent[0]), graphics: NONE });
    expect(await next).toBe(NONE);
    expect(exits).toEqual([]);
    fresh!.exit('was ended by SIGSEGV');
    expect(exits).toEqual(['was ended by SIGSEGV']);
  });

  it('kills a process that does not leave', async () => {
    const { connection, processes, graphics } = setup();
    const lost = graphics();
    const kill = vi.spyOn(processes[0]!, 'kill');
    await connection.end(1);
    expect(kill).toHaveBeenCalledOnce();
    await expect(lost).rejects.toMatchObject({ code: 'engine-crashed' });
  });

  it('kills a process that does not stop writing', async () => {
    const { connection, processes } = setup();
    connection.start();
    const abort = new AbortController();
    const request = { messages: [], sampling: {}, enableThinking: false };
    const events = connection.generate(request, abort.signal)[Symbol.asyncIterator]();
    const first = events.next();
    const [engine] = processes;
    const exited = new Promise((resolve) => engine!.onExit(resolve));
    abort.abort();
    expect(engine!.sent.map(({ type }) => type)).toEqual(['generate', 'abort']);
    expect(await exited).toBe('was ended by SIGKILL');
    connection.failAll({ code: 'engine-crashed', message: 'Gone.' });
    expect((await first).value).toMatchObject({ type: 'failed', error: { code: 'engine-crashed' } });
    expect((await events.next()).done).toBe(true);
  });

  it('says why there is no process', async () => {
    const { graphics } = setup(() => {
      throw new Error('ENOENT');
    });
    await expect(graphics()).rejects.toMatchObject({
      code: 'engine-crashed',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('starts nothing once it is closed', async () => {
    const { connection, processes, graphics } = setup();
    const lost = graphics();
    const closed = connection.close(10_000);
    await expect(lost).rejects.toMatchObject({ code: 'unavailable' });
    processes[0]!.exit('ended with code 0');
    await closed;
    await expect(graphics()).rejects.toMatchObject({ code: 'unavailable' });
    expect(processes).toHaveLength(1);
  });
});
