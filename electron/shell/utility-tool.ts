import { utilityProcess } from 'electron';
import type { ToolCommand, ToolMessage, ToolProcess } from '../contract/model-tool';

/** A process that works on models or reads documents, as an Electron utility process. */
export function forkUtilityTool<Command = ToolCommand, Message = ToolMessage>(
  entry: string,
  serviceName = 'AutoGLM model tool',
): ToolProcess<Command, Message> {
  const child = utilityProcess.fork(entry, [], { serviceName, stdio: 'inherit' });
  let exit: string | null = null;
  child.once('exit', (code) => {
    exit = `ended with code ${code}`;
  });
  return {
    send: (command) => {
      if (exit === null) child.postMessage(command);
    },
    onMessage: (listener) => {
      child.on('message', listener);
    },
    onExit: (listener) => {
      if (exit !== null) listener(exit);
      else child.once('exit', (code) => listener(`ended with code ${code}`));
    },
    kill: () => {
      // Not `UtilityProcess.kill`, which asks; a thread in the middle of a gigabyte does not hear.
      if (child.pid === undefined || exit !== null) return;
      try {
        process.kill(child.pid, 'SIGKILL');
      } catch {
        // It is gone already.
      }
    },
  };
}
