import type { ToolCommand, ToolMessage } from '../../electron/contract/model-tool';
import { openParentPort } from '../../electron/contract/parent-port';
import { explain } from './errors';
import { runTool } from './tool-commands';

/**
 * The process in which the app imports, converts and verifies models: an Electron utilityProcess, or a child of the headless host. It
 * carries out one command and is then ended by its parent.
 */

const port = openParentPort<ToolCommand, ToolMessage>(
  'This is started by the application, not by hand: use "npm run model".',
);
const { send } = port;

async function carryOut(command: ToolCommand): Promise<void> {
  try {
    const result = await runTool(command, {
      progress: (phase, fraction, secondsLeft, extra) =>
        send({ type: 'progress', phase, fraction, secondsLeft: secondsLeft ?? null, ...extra }),
      // Bundled, the threads' entry lies beside this one.
      ...(import.meta.url.endsWith('.js') && {
        workerEntry: new URL('./convert-worker.js', import.meta.url),
      }),
    });
    send({ type: 'done', ...result });
  } catch (error) {
    send({ type: 'failed', error: explain(error) });
  }
}

port.onCommand((command) => void carryOut(command));
port.onClose(() => process.exit(0));
