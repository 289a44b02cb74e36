import type { EngineCommand, EngineMessage } from '../contract/engine';

/** The two ways a process can be somebody's engine, made one. */
export interface Port {
  send(message: EngineMessage): void;
  onCommand(listener: (command: EngineCommand) => void): void;
  /** The parent is gone, or wants nothing more. */
  onClose(listener: () => void): void;
}

/** Electron's `process.parentPort` of a utilityProcess, as far as it is used here; its types are Electron's own. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/** @returns null when nobody started this process as a child. */
export function openPort(): Port | null {
  const parentPort = (process as NodeJS.Process & { parentPort?: ParentPort }).parentPort;
  if (parentPort) {
    return {
      send: (message) => parentPort.postMessage(message),
      onCommand: (listener) => parentPort.on('message', (event) => listener(event.data as EngineCommand)),
      // Electron ends a utilityProcess together with its parent.
      onClose: () => {},
    };
  }
  if (!process.send) return null;
  return {
    // A parent that has just died is noticed through `disconnect`; a message that cannot reach it is of no use to anybody.
    send: (message) => void (process.connected && process.send?.(message, undefined, undefined, () => {})),
    onCommand: (listener) => process.on('message', (message) => listener(message as EngineCommand)),
    onClose: (listener) => process.on('disconnect', listener),
  };
}
