import type { EngineCommand, EngineMessage } from '../../contract/engine';

/** The engine's process as a host started it: a `child_process` in headless mode, a `utilityProcess` in Electron. */
export interface EngineProcess {
  /** Never throws: a process that is gone reports its exit instead. */
  send(command: EngineCommand): void;
  onMessage(listener: (message: EngineMessage) => void): void;
  /** Called once. `reason` ends the sentence "The engine …", for example "was ended by SIGKILL". */
  onExit(listener: (reason: string) => void): void;
  /** At once, without a chance to tidy up. */
  kill(): void;
}

export type SpawnEngine = () => EngineProcess;
