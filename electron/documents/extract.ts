import { readFile, writeFile } from 'node:fs/promises';
import { DOCX, type DocumentType, type Extracted, MAX_DOCUMENT_CHARACTERS } from '../contract/documents';
import { assertNever } from '../contract/errors';
import { decodeText } from './decode-text';
import { docxText } from './docx';
import { DocumentError } from './errors';
import { htmlText } from './html';
import { pdfPages } from './pdf';

/**
 * Writes a document's text to `out`, in UTF-8 with `\n` for line ends. The pages of a PDF begin with their numbers, which an answer may
 * then name.
 *
 * @throws DocumentError
 */
export async function extract(path: string, mediaType: DocumentType, out: string): Promise<Extracted> {
  const bytes = await readFile(path);
  const { text, pages } = await read(bytes, mediaType);
  const clean = wellFormed(text);
  if (!/[\p{L}\p{N}\p{S}\p{P}]/u.test(clean)) throw new DocumentError('no-text');
  if (clean.length > MAX_DOCUMENT_CHARACTERS) throw new DocumentError('too-much-text');
  await writeFile(out, clean, { mode: 0o600 });
  return {
    characters: clean.length,
    lines: lineCount(clean),
    ...(pages !== undefined && { pages }),
  };
}

async function read(
  bytes: Buffer,
  mediaType: DocumentType,
): Promise<{ readonly text: string; readonly pages?: number }> {
  switch (mediaType) {
    case 'text/plain':
      return decodeText(bytes);
    case 'text/html':
      return { text: await htmlText(bytes) };
    case DOCX:
      return { text: await docxText(bytes) };
    case 'application/pdf': {
      const pages = await pdfPages(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      // Numbers of pages alone are no text.
      if (pages.every((page) => page === '')) throw new DocumentError('no-text');
      const text =
        pages.length === 1
          ? (pages[0] ?? '')
          : pages.map((page, index) => `[Page ${index + 1}]\n${page}`).join('\n\n');
      return { text, pages: pages.length };
    }
    default:
      return assertNever(mediaType);
  }
}

/** UTF-8 has no half characters. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

function lineCount(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return text.endsWith('\n') ? lines - 1 : lines;
}
