import { fork } from 'node:child_process';
import type { ToolCommand, ToolMessage, ToolProcess } from '../contract/model-tool';

/** A process that works on models or reads documents, as a child of plain Node. */
export function forkTool<Command extends object = ToolCommand, Message = ToolMessage>(
  entry: string,
  /** Of Node; those of this process where there are none. */
  execArgv: readonly string[] = process.execArgv,
): ToolProcess<Command, Message> {
  const child = fork(entry, [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [...execArgv],
  });
  let exit: string | null = null;
  const listeners: ((reason: string) => void)[] = [];
  const exited = (reason: string) => {
    if (exit !== null) return;
    exit = reason;
    for (const listener of listeners) listener(reason);
  };
  child.on('exit', (code, signal) => exited(signal ? `was ended by ${signal}` : `ended with code ${code}`));
  child.on('error', (error) => {
    if (child.pid === undefined) exited(`could not be started: ${error.message}`);
  });
  return {
    send: (command) => {
      if (child.connected) child.send(command, () => {});
    },
    onMessage: (listener) => {
      child.on('message', (message) => listener(message as Message));
    },
    onExit: (listener) => {
      if (exit === null) listeners.push(listener);
      else listener(exit);
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
