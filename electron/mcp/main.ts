import { openParentPort } from '../contract/parent-port';
import type { McpCommand, McpMessage } from '../contract/tools';
import { Servers } from './servers';

/**
 * The process that speaks with tools' servers: an Electron utilityProcess, or a child of the headless host. What a server sends is
 * anybody's: megabytes, or what takes a parser minutes. That is this process' trouble and not the app's. The servers that are programs
 * are its children, and end with it.
 */

const port = openParentPort<McpCommand, McpMessage>();

const servers = new Servers(port.send);
const leave = () => void servers.close().finally(() => process.exit(0));

// A server may break its connection at any moment; a promise of the SDK that nobody waits for is no reason to end the others.
process.on('unhandledRejection', (reason) => {
  process.stderr.write(`A tool server's connection: ${reason instanceof Error ? reason.name : 'failed'}\n`);
});
port.onCommand((command) => servers.handle(command));
port.onClose(leave);
// A terminal's Ctrl+C reaches every process of the app; the app itself says when to leave.
process.on('SIGINT', () => {});
process.on('SIGTERM', leave);
