import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { MAX_DOCUMENT_CHARACTERS } from '../contract/documents';
import { DocumentError } from './errors';

/** A baseline this many line heights below the last one begins a paragraph. */
const PARAGRAPH_GAP = 1.7;

/** The text of each page, as it stands in the file; scanned pages are empty. */
export async function pdfPages(bytes: Uint8Array): Promise<readonly string[]> {
  const document = await open(bytes);
  const pages: string[] = [];
  let characters = 0;
  try {
    for (let number = 1; number <= document.numPages; number++) {
      const text = await pageText(document, number);
      characters += text.length;
      if (characters > MAX_DOCUMENT_CHARACTERS) throw new DocumentError('too-much-text');
      pages.push(text);
    }
  } finally {
    await document.loadingTask.destroy();
  }
  return pages;
}

async function open(data: Uint8Array): Promise<PDFDocumentProxy> {
  const { getDocument, VerbosityLevel } = await library();
  // In this thread: the process is there for nothing else.
  (globalThis as { pdfjsWorker?: unknown }).pdfjsWorker ??= await import(
    // @ts-expect-error It has no types; nobody calls it but pdf.js.
    'pdfjs-dist/legacy/build/pdf.worker.mjs'
  );
  const folder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  try {
    return await getDocument({
      data,
      // Without them most Chinese PDFs that embed no font of their own are empty.
      cMapUrl: join(folder, 'cmaps') + sep,
      cMapPacked: true,
      isEvalSupported: false,
      disableFontFace: true,
      useSystemFonts: false,
      useWasm: false,
      verbosity: VerbosityLevel.ERRORS,
    }).promise;
  } catch (error) {
    const isLocked = error instanceof Error && error.name === 'PasswordException';
    throw new DocumentError(isLocked ? 'encrypted' : 'damaged');
  }
}

/** Without its canvas, which draws pages and finds no text: packages leave it out, and pdf.js would warn of it at every start. */
async function library() {
  class Undrawn {}
  Object.assign(globalThis, { DOMMatrix: Undrawn, ImageData: Undrawn, Path2D: Undrawn });
  const { warn } = console;
  console.warn = () => {};
  try {
    return await import('pdfjs-dist/legacy/build/pdf.mjs');
  } finally {
    console.warn = warn;
  }
}

async function pageText(document: PDFDocumentProxy, number: number): Promise<string> {
  try {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    let text = '';
    let baseline: number | null = null;
    for (const item of items) {
      if (!('str' in item)) continue;
      const { str, hasEOL, height, transform } = item;
      const y: number = transform[5];
      if (str.trim() !== '') {
        const gap = baseline === null ? 0 : Math.abs(baseline - y);
        if (height > 0 && gap > height * PARAGRAPH_GAP && text.endsWith('\n')) text += '\n';
        baseline = y;
      }
      text += str;
      if (hasEOL) text += '\n';
    }
    page.cleanup();
    return text.replace(/[ \t]+$/gm, '').trim();
  } catch {
    // One damaged page does not take the others away.
    return '';
  }
}
