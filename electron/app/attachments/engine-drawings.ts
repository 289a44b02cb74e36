import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DrawingOutcome, DrawingRequest } from '../../contract/drawing';
import { toErrorInfo } from '../../contract/errors';
import { INCOMING } from './attachments';
import { DocumentRefused } from './document-reader';
import type { DocumentTool } from './document-tool';

/** Draws SVG for the engine. Pixels go through a file in `folder`, where what a crash leaves is swept away. */
export async function drawForEngine(
  documents: Pick<DocumentTool, 'draw'>,
  folder: string,
  what: 'size' | 'pixels',
  request: DrawingRequest,
): Promise<DrawingOutcome> {
  const pixels = join(folder, INCOMING + randomUUID());
  try {
    if (what === 'size') return await documents.draw({ type: 'measure', path: request.path });
    return { ...(await documents.draw({ type: 'draw', ...request, out: pixels })), pixels };
  } catch (error) {
    await rm(pixels, { force: true });
    return error instanceof DocumentRefused ? { refused: error.reason } : { error: toErrorInfo(error) };
  }
}
