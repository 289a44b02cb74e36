import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { Attachment } from '../../contract/conversations';
import { type DocumentType, documentTypeOf, MAX_DOCUMENT_BYTES } from '../../contract/documents';
import {
  HEAD_BYTES,
  type ImageType,
  imageTypeOf,
  MAX_IMAGE_BYTES,
  MAX_SPEECH_BYTES,
} from '../../contract/media';
import { findSpeech } from '../../contract/wav';
import { refusal } from './image-file';

export interface Received<Type = ImageType | 'audio/wav' | DocumentType> {
  readonly type: Type;
  readonly sha256: string;
  readonly bytes: number;
}

/** Writes the pieces to `path`; refuses as soon as it is known that they are nothing that is kept, or too many. */
export async function receive(
  body: AsyncIterable<Uint8Array>,
  path: string,
  name: string,
  kinds: readonly Attachment['kind'][],
): Promise<Received> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let head = new Uint8Array();
  let type: Received['type'] | null = null;
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += piece.byteLength;
      if (type === null) {
        head = concat(head, piece);
        if (head.length >= HEAD_BYTES) type = requireType(head, name, kinds);
      }
      if (bytes > mostBytes(type)) throw refusal('too-large', name);
      hash.update(piece);
      await writeAll(file, piece);
    }
    if (bytes === 0) throw refusal('empty', name);
    type ??= requireType(head, name, kinds);
    await file.sync();
  } finally {
    await file.close();
  }
  return { type, sha256: hash.digest('hex'), bytes };
}

function requireType(head: Uint8Array, name: string, kinds: readonly Attachment['kind'][]): Received['type'] {
  const type = typeIn(head, name);
  if (type && kinds.includes(kindOf(type))) return type;
  throw refusal('unsupported', name);
}

function typeIn(head: Uint8Array, name: string): Received['type'] | null {
  const media = imageTypeOf(head) ?? (findSpeech(head, Number.POSITIVE_INFINITY) ? 'audio/wav' : null);
  return media ?? documentTypeOf(head, name);
}

function kindOf(type: Received['type']): Attachment['kind'] {
  if (type === 'audio/wav') return 'audio';
  return type.startsWith('image/') ? 'image' : 'document';
}

export function isDocument(type: Received['type']): type is DocumentType {
  return kindOf(type) === 'document';
}

function mostBytes(type: Received['type'] | null): number {
  if (type === null) return Math.max(MAX_IMAGE_BYTES, MAX_DOCUMENT_BYTES);
  if (type === 'audio/wav') return MAX_SPEECH_BYTES;
  return isDocument(type) ? MAX_DOCUMENT_BYTES : MAX_IMAGE_BYTES;
}

/** A page that was kept as a document is shown as what it is written in. */
export async function typeOf(path: string): Promise<string> {
  const type = typeIn(await headOf(path), '') ?? 'application/octet-stream';
  return type === 'text/html' ? 'text/plain' : type;
}

/** As much of a file as its type is told by. */
export const headOf = (path: string) => startOf(path, HEAD_BYTES);

async function startOf(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A document's text; with `bytes` its beginning, of which the last character may be torn. */
export async function readText(path: string, bytes?: number): Promise<string> {
  if (bytes === undefined) return readFile(path, 'utf8');
  return new TextDecoder().decode(await startOf(path, bytes));
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(Math.min(HEAD_BYTES, first.length + second.length));
  all.set(first);
  all.set(second.subarray(0, all.length - first.length), first.length);
  return all;
}

/** One write may take only a part. */
async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.byteLength; ) at += (await file.write(piece, at)).bytesWritten;
}
