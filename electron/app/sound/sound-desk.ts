import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attachment } from '../../contract/conversations';
import { AppError } from '../../contract/errors';
import { displayName, HEAD_BYTES, imageTypeOf } from '../../contract/media';
import { MAX_SPEECH_SECONDS } from '../../contract/speech';
import { findSpeech, SPEECH_RATE } from '../../contract/wav';
import { type SoundIntake, soundRefusal } from './intake';
import { soundTypeOf, undecodableSound } from './sound-type';

/** What keeps files: `AttachmentStore`. */
export interface FileStore {
  add(body: AsyncIterable<Uint8Array>, name: string): Promise<Attachment>;
}

export interface SoundDeskOptions {
  readonly store: FileStore;
  readonly intake: SoundIntake;
  /** Where files lie while they are worked on. */
  readonly folder: string;
}

export interface TakeOptions {
  /** Refuses all other files. */
  readonly onlySound?: boolean;
  readonly maxSeconds?: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** As long as speech may be, in the largest form that is common: 96 kHz, 24 bits, two channels. */
const MAX_SOUND_BYTES = 200_000_000;

const INCOMING = 'incoming-';

/** Takes files of all kinds; sound of other kinds than the app keeps is turned into that on the way. */
export class SoundDesk {
  readonly #options: SoundDeskOptions;

  constructor(options: SoundDeskOptions) {
    this.#options = options;
  }

  /** Keeps a file. @throws AppError `invalid-request`, `aborted`, and what the store throws */
  async add(body: AsyncIterable<Uint8Array>, name: string, options: TakeOptions = {}): Promise<Attachment> {
    const { store } = this.#options;
    const { head, all } = await peek(body);
    if (isSpeech(head)) return store.add(all, name);
    if (imageTypeOf(head) !== null && !options.onlySound) return store.add(all, name);
    const isSound = soundTypeOf(head) !== null || undecodableSound(head) !== null;
    if (!isSound && !options.onlySound) return store.add(all, name);
    return this.#asSpeech(head, all, name, options, (wav) => store.add(createReadStream(wav), name));
  }

  /**
   * Sound as a file of the kind that is kept, for as long as `use` takes; nothing stays of it.
   *
   * @throws AppError `invalid-request` for what is no sound, `aborted`, and what `use` throws
   */
  async borrow<Result>(
    body: AsyncIterable<Uint8Array>,
    name: string,
    options: TakeOptions,
    use: (wav: string, seconds: number) => Promise<Result>,
  ): Promise<Result> {
    const { head, all } = await peek(body);
    return this.#asSpeech(head, all, name, options, use);
  }

  async #asSpeech<Result>(
    head: Uint8Array,
    body: AsyncIterable<Uint8Array>,
    givenName: string,
    { maxSeconds = MAX_SPEECH_SECONDS, maxBytes = MAX_SOUND_BYTES, signal }: TakeOptions,
    use: (wav: string, seconds: number) => Promise<Result>,
  ): Promise<Result> {
    const name = displayName(givenName) || 'sound';
    if (head.length === 0) throw soundRefusal('empty', name, maxSeconds);
    const type = soundTypeOf(head);
    if (type === null) throw soundRefusal('undecodable', name, maxSeconds, undecodableSound(head) ?? '');
    const { folder, intake } = this.#options;
    const from = join(folder, INCOMING + randomUUID());
    const to = `${from}.wav`;
    try {
      const bytes = await write(body, from, (size) => {
        if (signal?.aborted) throw new AppError('aborted', 'Reading the sound was stopped.');
        if (size > maxBytes) throw soundRefusal('too-large', name, maxBytes);
      });
      const speech = isSpeech(head) ? findSpeech(head, bytes) : null;
      if (speech) {
        const seconds = speech.bytes / 2 / SPEECH_RATE;
        if (seconds > maxSeconds) throw soundRefusal('too-long', name, maxSeconds);
        return await use(from, seconds);
      }
      const { seconds } = await intake.convert(
        { from, to, type },
        { maxSeconds, name, ...(signal && { signal }) },
      );
      return await use(to, seconds);
    } finally {
      await Promise.all([from, to].map((path) => rm(path, { force: true })));
    }
  }
}

const isSpeech = (head: Uint8Array): boolean => findSpeech(head, Number.POSITIVE_INFINITY) !== null;

/** The beginning of what arrives, and all of it. */
async function peek(body: AsyncIterable<Uint8Array>) {
  const source = body[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  let length = 0;
  let isOver = false;
  while (length < HEAD_BYTES && !isOver) {
    const { done, value } = await source.next();
    if (done) isOver = true;
    else {
      pieces.push(value);
      length += value.byteLength;
    }
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces;
      while (!isOver) {
        const { done, value } = await source.next();
        if (done) return;
        yield value;
      }
    } finally {
      // Somebody who sends more than is taken is told so.
      await source.return?.();
    }
  }
  return { head: new Uint8Array(Buffer.concat(pieces).subarray(0, HEAD_BYTES)), all: all() };
}

/** @returns bytes. */
async function write(
  body: AsyncIterable<Uint8Array>,
  path: string,
  check: (bytes: number) => void,
): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += piece.byteLength;
      check(bytes);
      // One write may take only a part.
      for (let at = 0; at < piece.byteLength; ) at += (await file.write(piece, at)).bytesWritten;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
