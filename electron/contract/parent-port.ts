/** The two ways a process can be started by the app (as Electron's utilityProcess, or forked by the headless host), made one. */
export interface ParentPort<Command, Message> {
  send(message: Message): void;
  onCommand(listener: (command: Command) => void): void;
  /** The parent is gone without a word. */
  onClose(listener: () => void): void;
}

/** Electron's `process.parentPort` of a utilityProcess, as far as it is used here; its types are Electron's own. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/** Of a process that only the app starts. Where somebody else did, says so and exits with code 1. */
export function openParentPort<Command, Message>(
  complaint = 'This is started by the application, not by hand.',
): ParentPort<Command, Message> {
  const { parentPort } = process as NodeJS.Process & { parentPort?: UtilityPort };
  if (parentPort) {
    return {
      send: (message) => parentPort.postMessage(message),
      onCommand: (listener) => parentPort.on('message', (event) => listener(event.data as Command)),
      // Electron ends a utilityProcess together with its parent.
      onClose: () => {},
    };
  }
  if (!process.send) {
    process.stderr.write(`${complaint}\n`);
    process.exit(1);
  }
  return {
    // A parent that has just died is noticed through `disconnect`; a message that cannot reach it is of no use to anybody.
    send: (message) => void (process.connected && process.send?.(message, undefined, undefined, () => {})),
    onCommand: (listener) => process.on('message', (message) => listener(message as Command)),
    onClose: (listener) => process.on('disconnect', listener),
  };
}
