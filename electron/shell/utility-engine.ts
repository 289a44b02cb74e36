import { type UtilityProcess, utilityProcess } from 'electron';
import type { EngineProcess } from '../app/engine-client/engine-process';
import type { EngineCommand, EngineMessage } from '../contract/engine';

/** The engine in an Electron utility process: its crash is not the window's. */
export function forkUtilityEngine(entry: string): EngineProcess {
  return new UtilityEngine(
    utilityProcess.fork(entry, [], { serviceName: 'AutoGLM engine', stdio: 'inherit' }),
  );
}

class UtilityEngine implements EngineProcess {
  readonly #process: UtilityProcess;
  #exit: string | null = null;

  constructor(process: UtilityProcess) {
    this.#process = process;
    // Electron reports a signal as a code above 128 or, on Windows, as an NTSTATUS; the number is what can be looked up.
    process.once('exit', (code) => {
      this.#exit = `ended with code ${code}`;
    });
  }

  send(command: EngineCommand): void {
    if (this.#exit === null) this.#process.postMessage(command);
  }

  onMessage(listener: (message: EngineMessage) => void): void {
    this.#process.on('message', listener);
  }

  onExit(listener: (reason: string) => void): void {
    if (this.#exit !== null) listener(this.#exit);
    else this.#process.once('exit', (code) => listener(`ended with code ${code}`));
  }

  /** Not `UtilityProcess.kill`, which asks; an engine stuck in native code does not hear. */
  kill(): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}
