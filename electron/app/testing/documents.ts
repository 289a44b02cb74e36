import type { DocumentType } from '../../contract/documents';
import { DocumentError } from '../../documents/errors';
import { extract } from '../../documents/extract';
import { DocumentRefused } from '../attachments/document-reader';

/** Reads documents where the test runs rather than in a process of their own. */
export const testDocuments = {
  extract: (path: string, mediaType: DocumentType, out: string) =>
    extract(path, mediaType, out).catch((error: unknown) => {
      throw error instanceof DocumentError ? new DocumentRefused(error.reason) : error;
    }),
};
