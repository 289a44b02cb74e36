import type { EngineCommand, EngineMessage } from '../contract/engine';
import { openParentPort } from '../contract/parent-port';
import { Engine } from './engine';
import { loadApi } from './ort/api';
import { findRuntimeLibrary } from './ort/library';

// The engine process: an Electron utilityProcess, or a child of the headless host forked with `serialization: 'advanced'`.

const port = openParentPort<EngineCommand, EngineMessage>();

/** After an unforeseen error nothing here can be trusted any more: say what it was and leave; the supervisor starts another. */
function crash(error: unknown): void {
  process.stderr.write(`engine: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(70);
}

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

const engine = new Engine(port);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void engine.shutdown());
port.onClose(() => void engine.shutdown());
port.onCommand((command) => engine.handle(command));
port.send({
  type: 'ready',
  runtime: `ONNX Runtime ${loadApi(findRuntimeLibrary()).version}`,
  pid: process.pid,
});
