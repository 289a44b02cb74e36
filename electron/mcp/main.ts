import type { McpCommand, McpMessage } from '../contract/tools';
import { Servers } from './servers';

/**
 * The process that speaks with tools' servers: an Electron utilityProcess, or a child of the headless host. What a server sends is
 * anybody's: megabytes, or what takes a parser minutes. That is this process' trouble and not the app's. The servers that are programs
 * are its children, and end with it.
 */

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

const parentPort = (process as NodeJS.Process & { parentPort?: ParentPort }).parentPort;
if (!parentPort && !process.send) {
  process.stderr.write('This is started by the application, not by hand.\n');
  process.exit(1);
}

const send = (message: McpMessage): void => {
  if (parentPort) parentPort.postMessage(message);
  else if (process.connected) process.send?.(message, undefined, undefined, () => {});
};

const servers = new Servers(send);
const leave = () => void servers.close().finally(() => process.exit(0));

// A server may break its connection at any moment; a promise of the SDK that nobody waits for is no reason to end the others.
process.on('unhandledRejection', (reason) => {
  process.stderr.write(`A tool server's connection: ${reason instanceof Error ? reason.name : 'failed'}\n`);
});
if (parentPort) parentPort.on('message', (event) => servers.handle(event.data as McpCommand));
else {
  process.on('message', (message) => servers.handle(message as McpCommand));
  // The app is gone without a word.
  process.on('disconnect', leave);
}
// A terminal's Ctrl+C reaches every process of the app; the app itself says when to leave.
process.on('SIGINT', () => {});
process.on('SIGTERM', leave);
