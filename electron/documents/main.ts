import { type DocumentCommand, type DocumentMessage, READER_MISSING } from '../contract/documents';
import { assertNever, toErrorInfo } from '../contract/errors';
import { drawingSize, drawPixels, drawPreview } from './draw';
import { DocumentError } from './errors';
import { extract } from './extract';
import { guardMemory } from './memory-guard';
import { rank } from './rank';

/**
 * The process in which documents are read: an Electron utilityProcess, or a child of the headless host. What is in a file is anybody's:
 * it may take minutes, or gigabytes, or crash its parser, and that is this process' end and not the app's.
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

const send = (message: DocumentMessage): void => {
  if (parentPort) parentPort.postMessage(message);
  else if (process.connected) process.send?.(message, undefined, undefined, () => {});
};

async function carryOut(command: DocumentCommand): Promise<void> {
  const { id } = command;
  try {
    switch (command.type) {
      case 'extract':
        send({ type: 'extracted', id, ...(await extract(command.path, command.mediaType, command.out)) });
        return;
      case 'rank':
        send({ type: 'ranked', id, ...(await rank(command)) });
        return;
      case 'measure':
        send({ type: 'drawn', id, ...(await drawingSize(command.path)) });
        return;
      case 'preview':
        send({ type: 'drawn', id, ...(await drawPreview(command.path, command.out)) });
        return;
      case 'draw':
        send({ type: 'drawn', id, ...(await drawPixels(command, command.out)) });
        return;
      default:
        assertNever(command);
    }
  } catch (error) {
    if (error instanceof DocumentError) send({ type: 'refused', id, reason: error.reason });
    else send({ type: 'failed', id, error: isMissingModule(error) ? READER_MISSING : toErrorInfo(error) });
  }
}

/** Parsers are loaded when they are needed. */
function isMissingModule(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:ERR_)?MODULE_NOT_FOUND$/.test(String(error.code));
}

guardMemory();
if (parentPort) parentPort.on('message', (event) => void carryOut(event.data as DocumentCommand));
else {
  process.on('message', (message) => void carryOut(message as DocumentCommand));
  process.on('disconnect', () => process.exit(0));
}
send({ type: 'ready' });
