import { type DocumentCommand, type DocumentMessage, READER_MISSING } from '../contract/documents';
import { assertNever, toErrorInfo } from '../contract/errors';
import { openParentPort } from '../contract/parent-port';
import { drawingSize, drawPixels, drawPreview } from './draw';
import { DocumentError } from './errors';
import { extract } from './extract';
import { guardMemory } from './memory-guard';
import { rank } from './rank';

/**
 * The process in which documents are read: an Electron utilityProcess, or a child of the headless host. What is in a file is anybody's:
 * it may take minutes, or gigabytes, or crash its parser, and that is this process' end and not the app's.
 */

const port = openParentPort<DocumentCommand, DocumentMessage>();
const { send } = port;

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
port.onCommand((command) => void carryOut(command));
port.onClose(() => process.exit(0));
send({ type: 'ready' });
