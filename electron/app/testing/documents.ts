import { drawingSize, drawPixels, drawPreview } from '../../documents/draw';
import { DocumentError } from '../../documents/errors';
import { extract } from '../../documents/extract';
import { DocumentRefused } from '../attachments/document-reader';
import type { DocumentTool } from '../attachments/document-tool';

/** Reads documents, and draws, where the test runs rather than in a process of their own. */
export const testDocuments: Pick<DocumentTool, 'extract' | 'draw'> = {
  extract: (path, mediaType, out) => extract(path, mediaType, out).catch(refuse),
  draw: (question) => drawn(question).catch(refuse),
};

function drawn(question: Parameters<DocumentTool['draw']>[0]) {
  if (question.type === 'measure') return drawingSize(question.path);
  return question.type === 'preview'
    ? drawPreview(question.path, question.out)
    : drawPixels(question, question.out);
}

function refuse(error: unknown): never {
  throw error instanceof DocumentError ? new DocumentRefused(error.reason) : error;
}
