import { type ChildProcess, fork } from 'node:child_process';
import type { EngineProcess } from '../app/engine-client/engine-process';
import type { EngineMessage } from '../contract/engine';

/** The engine as a child of plain Node. `execArgv` is Node's own; by default the child gets its parent's. */
export function forkEngine(entry: string, execArgv?: readonly string[]): EngineProcess {
  // Structured clone rather than JSON: what is sent may hold typed arrays.
  const child = fork(entry, [], {
    ...(execArgv && { execArgv: [...execArgv] }),
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new ForkedEngine(child);
}

class ForkedEngine implements EngineProcess {
  readonly #child: ChildProcess;
  readonly #exitListeners: ((reason: string) => void)[] = [];
  #exit: string | null = null;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('exit', (code, signal) =>
      this.#exited(signal ? `was ended by ${signal}` : `ended with code ${code}`),
    );
    // A spawn that failed has no exit; a send that failed is followed by one.
    child.on('error', (error) => {
      if (child.pid === undefined) this.#exited(`could not be started: ${error.message}`);
    });
  }

  send(command: Parameters<EngineProcess['send']>[0]): void {
    if (this.#child.connected) this.#child.send(command, () => {});
  }

  onMessage(listener: (message: EngineMessage) => void): void {
    this.#child.on('message', (message) => listener(message as unknown as EngineMessage));
  }

  onExit(listener: (reason: string) => void): void {
    if (this.#exit === null) this.#exitListeners.push(listener);
    else listener(this.#exit);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #exited(reason: string): void {
    if (this.#exit !== null) return;
    this.#exit = reason;
    for (const listener of this.#exitListeners) listener(reason);
  }
}
