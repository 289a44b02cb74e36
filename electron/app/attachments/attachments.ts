import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Attachment } from '../../contract/conversations';
import { type DocumentType, documentTypeOf } from '../../contract/documents';
import { AppError, toErrorInfo } from '../../contract/errors';
import { displayName, type ImageType, imageTypeOf } from '../../contract/media';
import { findSpeech, SPEECH_RATE } from '../../contract/wav';
import type { AppDatabase } from '../database/database';
import { type AppPaths, attachmentPath } from '../paths';
import { DocumentRefused } from './document-reader';
import { DocumentTool } from './document-tool';
import { bmpToPng, type ImageFacts, inspectImage, keptType, refusal } from './image-file';
import { headOf, isDocument, type Received, receive, typeOf } from './receive';

export interface StoredFile {
  readonly mediaType: string;
  readonly bytes: number;
  /** Opens the file when it is read. */
  readonly body: () => ReadableStream<Uint8Array>;
}

const ALL_KINDS: readonly Attachment['kind'][] = ['image', 'audio', 'document'];

/** Begins the names of what is not whole yet; left by a crash, it is swept away. */
export const INCOMING = 'incoming-';
const PREVIEW = '.webp';
/** A document's text, made of the file beside it. */
const TEXT = '.txt';
const SHA256 = /^[0-9a-f]{64}$/;

/** A draft may wait this long for its message; what no message names by then is removed at a start. */
const KEEP_UNSENT_MS = 7 * 86_400_000;
/** What belongs to one request of a client: it waits for other answers, and is read when its own begins. */
const KEEP_LENT_MS = 3_600_000;

/** Files of conversations: named by their content, so the same picture is kept once however often it is sent. */
export class AttachmentStore {
  readonly #paths: AppPaths;
  readonly #referenced: () => ReadonlySet<string>;
  readonly #log: (line: string) => void;
  /** One image is decoded at a time: twenty large ones at once would fill the memory. */
  #decoding: Promise<unknown> = Promise.resolve();

  readonly #documents: Pick<DocumentTool, 'extract' | 'draw'>;
  /** Of the files that were not here before, and were added once. */
  readonly #new = new Set<string>();
  /** Of those that only requests of clients have brought. */
  readonly #lent = new Set<string>();

  constructor(
    paths: AppPaths,
    database: AppDatabase,
    log: (line: string) => void,
    documents: Pick<DocumentTool, 'extract' | 'draw'> = new DocumentTool({ spawn: null }),
  ) {
    this.#paths = paths;
    this.#documents = documents;
    this.#log = log;
    const files = database.prepare<{ sha256: string }>(
      // What messages brought, and the pictures that tools returned in answers.
      `SELECT sha256 FROM attachments
       UNION
       SELECT json_extract(image.value, '$.sha256') FROM messages,
         json_each(messages.tool_calls) AS call, json_each(call.value, '$.result.images') AS image
       WHERE messages.tool_calls LIKE '%"images"%'`,
    );
    this.#referenced = () => new Set(files.all().map(({ sha256 }) => sha256));
  }

  path(sha256: string): string {
    return attachmentPath(this.#paths, sha256);
  }

  /** Takes an image, speech or a document as it arrives, piece by piece; throws a refusal, or `disk-full`. Nothing of a refused one is left. `kinds` are those that are taken. */
  async add(
    body: AsyncIterable<Uint8Array>,
    givenName: string,
    kinds: readonly Attachment['kind'][] = ALL_KINDS,
  ): Promise<Attachment> {
    const name = displayName(givenName) || 'file';
    const incoming = join(this.#paths.attachments, INCOMING + randomUUID());
    try {
      const received = await receive(body, incoming, name, kinds);
      const { type } = received;
      if (type === 'audio/wav') return await this.#keepSpeech(incoming, received, name);
      if (isDocument(type)) return await this.#keepDocument(incoming, { ...received, type }, name);
      return await this.#inTurn(() => this.#keepImage(incoming, { ...received, type }, name));
    } catch (error) {
      throw writeError(error);
    } finally {
      await rm(incoming, { force: true });
    }
  }

  /** Of what was just added for a client's request: it goes with a sweep an hour later, unless something else brought it too. */
  async lend({ sha256 }: Pick<Attachment, 'sha256'>): Promise<void> {
    if (!this.#new.delete(sha256) && !this.#lent.has(sha256)) return;
    this.#lent.add(sha256);
    const path = this.path(sha256);
    const at = new Date(Date.now() - KEEP_UNSENT_MS + KEEP_LENT_MS);
    await Promise.all(
      [path, path + PREVIEW, path + TEXT].map((file) => utimes(file, at, at).catch(() => {})),
    );
  }

  /** Of what a person has just added. */
  keep({ sha256 }: Pick<Attachment, 'sha256'>): void {
    this.#lent.delete(sha256);
  }

  /** Null where there is no such file. An image's preview and a document's text are made again where they were lost. */
  async read(sha256: string, form: 'file' | 'preview' | 'text'): Promise<StoredFile | null> {
    if (!SHA256.test(sha256)) return null;
    const path = this.path(sha256);
    try {
      const mediaType = {
        file: typeOf,
        preview: () => 'image/webp',
        text: () => 'text/plain; charset=utf-8',
      };
      const file = { file: () => path, preview: () => this.#preview(path), text: () => this.#text(path, '') };
      const at = await file[form]();
      const { size } = await stat(at);
      return {
        mediaType: await mediaType[form](path),
        bytes: size,
        // Node's type and the web's describe the same stream in two ways.
        body: () => Readable.toWeb(createReadStream(at)) as ReadableStream<Uint8Array>,
      };
    } catch {
      return null;
    }
  }

  /** Where a document's text lies; throws a sentence where neither it nor the document is there any more. */
  async textPath({ sha256, name }: Attachment): Promise<string> {
    const path = this.path(sha256);
    if (await isWhole(path)) return this.#text(path, name);
    throw new AppError('not-found', `The file ${name} is no longer there. Add it again.`, {
      kind: 'attachment-gone',
      name,
    });
  }

  /** Removes what no message names any more and what a crash left half written. Never throws: it is only tidying. */
  async sweep(now = Date.now()): Promise<void> {
    try {
      const referenced = this.#referenced();
      const entries = await readdir(this.#paths.attachments, { recursive: true, withFileTypes: true });
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        const sha256 = entry.name.replace(/\.(?:webp|txt)$/, '');
        const ours = entry.name.startsWith(INCOMING) || SHA256.test(sha256);
        if (!ours || referenced.has(sha256)) continue;
        const file = join(entry.parentPath, entry.name);
        const age = now - (await stat(file)).mtimeMs;
        if (age > (entry.name.startsWith(INCOMING) ? 3_600_000 : KEEP_UNSENT_MS))
          await this.#sweepAway(file, sha256);
      }
    } catch (error) {
      this.#log(`Unused files could not be removed: ${toErrorInfo(error).message}`);
    }
  }

  async #sweepAway(file: string, sha256: string): Promise<void> {
    await rm(file, { force: true });
    this.#new.delete(sha256);
    this.#lent.delete(sha256);
  }

  async #keepSpeech(incoming: string, { sha256, bytes }: Received, name: string): Promise<Attachment> {
    const head = await headOf(incoming);
    const found = findSpeech(head, bytes);
    if (!found) throw refusal('unsupported', name);
    await this.#place(incoming, sha256, bytes);
    const durationMs = Math.round((found.bytes / 2 / SPEECH_RATE) * 1000);
    return { sha256, kind: 'audio', mediaType: 'audio/wav', name, bytes, durationMs };
  }

  async #keepDocument(
    incoming: string,
    { sha256, bytes, type }: Received<DocumentType>,
    name: string,
  ): Promise<Attachment> {
    const out = incoming + TEXT;
    try {
      const { characters, lines, pages } = await this.#extract(incoming, type, out, name);
      const path = await this.#place(incoming, sha256, bytes);
      await rename(out, path + TEXT);
      const facts = { characters, lines, ...(pages !== undefined && { pages }) };
      return { sha256, kind: 'document', mediaType: type, name, bytes, ...facts };
    } finally {
      await rm(out, { force: true });
    }
  }

  async #extract(path: string, type: DocumentType, out: string, name: string) {
    try {
      return await this.#documents.extract(path, type, out);
    } catch (error) {
      throw error instanceof DocumentRefused ? refusal(error.reason, name) : error;
    }
  }

  async #text(path: string, name: string): Promise<string> {
    const file = path + TEXT;
    if (await isWhole(file)) return file;
    const type = documentTypeOf(await headOf(path), name);
    if (!type) throw refusal('unsupported', name);
    const incoming = join(dirname(path), INCOMING + randomUUID());
    try {
      await this.#extract(path, type, incoming, name);
      await rename(incoming, file);
    } finally {
      await rm(incoming, { force: true });
    }
    return file;
  }

  async #keepImage(incoming: string, received: Received<ImageType>, name: string): Promise<Attachment> {
    let { sha256, bytes } = received;
    if (received.type === 'image/bmp') {
      const png = await bmpToPng(incoming, name);
      await writeDurably(incoming, png);
      sha256 = createHash('sha256').update(png).digest('hex');
      bytes = png.byteLength;
    }
    const { width, height, preview } = await this.#inspect(incoming, name);
    const path = await this.#place(incoming, sha256, bytes);
    await writeWhole(path + PREVIEW, preview);
    return { sha256, kind: 'image', mediaType: keptType(received.type), name, bytes, width, height };
  }

  /** Where it stays. */
  async #place(incoming: string, sha256: string, bytes: number): Promise<string> {
    const path = this.path(sha256);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    if (await isWhole(path, bytes)) {
      this.#new.delete(sha256);
      await utimes(path, new Date(), new Date());
    } else {
      await rename(incoming, path);
      this.#new.add(sha256);
    }
    return path;
  }

  async #preview(path: string): Promise<string> {
    const file = path + PREVIEW;
    if (await isWhole(file)) return file;
    const { preview } = await this.#inTurn(() => this.#inspect(path, 'image'));
    await writeWhole(file, preview);
    return file;
  }

  /** An SVG is drawn by a process that can be ended. */
  async #inspect(path: string, name: string): Promise<ImageFacts> {
    const type = imageTypeOf(await headOf(path));
    // The library would draw an SVG in disguise (compressed, UTF-16) too.
    if (type === null) throw refusal('unsupported', name);
    if (type !== 'image/svg+xml') return inspectImage(path, name);
    const out = join(this.#paths.attachments, INCOMING + randomUUID());
    try {
      const size = await this.#documents.draw({ type: 'preview', path, out });
      return { ...size, preview: await readFile(out) };
    } catch (error) {
      throw error instanceof DocumentRefused ? refusal(error.reason, name) : error;
    } finally {
      await rm(out, { force: true });
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#decoding.then(work, work);
    this.#decoding = result.catch(() => {});
    return result;
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes, { flush: true });
}

/** Beside its place first: a crash leaves the old one or none. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const incoming = join(dirname(path), INCOMING + randomUUID());
  try {
    await writeFile(incoming, bytes, { mode: 0o600 });
    await rename(incoming, path);
  } finally {
    await rm(incoming, { force: true });
  }
}

async function isWhole(path: string, bytes?: number): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.size > 0 && (bytes === undefined || found.size === bytes);
}

function writeError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new AppError(
      'disk-full',
      'The disk is full, so the file could not be kept. Free some space and try again.',
      { kind: 'attachment-disk-full' },
    );
  }
  return new AppError(
    'internal',
    `The file could not be kept (${String(error.code)}). Check the permissions of the data folder.`,
    { kind: 'attachment-unsaved', system: String(error.code) },
  );
}

/** For callers that hold all of it. */
export async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
