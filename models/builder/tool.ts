import { type ErrorInfo, toErrorInfo } from '../../electron/contract/errors';
import type { ToolCommand, ToolMessage } from '../../electron/contract/model-tool';
import { openParentPort } from '../../electron/contract/parent-port';
import { ModelError } from './errors';
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
      progress: (phase, fraction, secondsLeft) =>
        send({ type: 'progress', phase, fraction, secondsLeft: secondsLeft ?? null }),
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

function explain(error: unknown): ErrorInfo {
  if (error instanceof ModelError) {
    const { message, details } = error;
    return { code: 'model-unsupported', message, ...(details && { details: { ...details } }) };
  }
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
    return {
      code: 'disk-full',
      message: 'The disk is full. Make room and go on; what was done is kept.',
      details: { kind: 'work-disk-full' },
    };
  }
  return toErrorInfo(error);
}

port.onCommand((command) => void carryOut(command));
port.onClose(() => process.exit(0));
