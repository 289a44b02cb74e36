import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineStatus } from '../contract/engine';
import { AppError } from '../contract/errors';
import type { Manifest } from '../contract/manifest';
import { encodeWav } from '../contract/wav';
import type { TranscriptionRequest, TranscriptMessage } from './engine-client/engine-supervisor';
import { SpeechDesk } from './speech';
import { manifest } from './testing/manifest';
import { temporaryHome } from './testing/temporary-home';

const SHA = 'a'.repeat(64);
const hearing: Manifest = { ...manifest('hearing'), name: 'Hearing', modalities: ['text', 'audio'] };
const deaf: Manifest = manifest('deaf');
const whisper: Manifest = {
  ...manifest('whisper'),
  name: 'Whisper',
  family: 'whisper',
  modalities: ['audio'],
};

const loading = (modelId: string): EngineStatus => ({
  state: 'loading',
  modelId,
  phase: 'read',
  fraction: 0,
});

function setup(installed: readonly Manifest[], status: EngineStatus = loading(installed[0]?.id ?? '')) {
  const home = temporaryHome();
  const path = join(home, 'attachments', SHA);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, encodeWav(new Float32Array(1600)));
  const asked: TranscriptionRequest[] = [];
  const prepared: unknown[] = [];
  const heard: Float32Array[] = [];
  const signals: AbortSignal[] = [];
  let answer: (request: TranscriptionRequest) => Promise<TranscriptMessage> = async () => ({
    type: 'transcript',
    id: 1,
    text: 'Hello',
    spoken: true,
    speechMs: 80,
    elapsedMs: 5,
    segments: [{ text: 'Hello', start: 0.02, end: 0.1 }],
  });
  const desk = new SpeechDesk({
    engine: {
      status: () => status,
      prepareSpeech: (recognizer) => void prepared.push(recognizer),
      transcribe: (request, signal) => {
        asked.push(request);
        signals.push(signal);
        return answer(request);
      },
      listen: async (_stream, samples) => {
        heard.push(samples);
        return [];
      },
      stopListening: () => {},
    },
    models: async () => installed.map((found) => ({ folder: `/models/${found.id}`, manifest: found })),
    attachmentPath: (sha256) => join(home, 'attachments', sha256),
  });
  return {
    desk,
    path,
    asked,
    prepared,
    heard,
    signals,
    answerWith: (next: typeof answer) => (answer = next),
  };
}

describe('who writes a recording down', () => {
  it('the model in use, where it hears', async () => {
    const { desk, asked, prepared, path } = setup([hearing, whisper]);
    await desk.prepare();
    expect(await desk.transcribe(SHA, 'zh')).toEqual({
      text: 'Hello',
      spoken: true,
      speechMs: 80,
      elapsedMs: 5,
      recognizer: { kind: 'model', id: 'hearing', name: 'Hearing' },
    });
    expect(asked).toEqual([{ path, recognizer: { kind: 'model' }, language: 'zh' }]);
    expect(prepared).toEqual([{ kind: 'model' }]);
  });

  it('else an installed recogniser; the language is left open where it is not known', async () => {
    const { desk, asked, prepared, path } = setup([deaf, whisper, hearing]);
    await desk.prepare();
    const { recognizer } = await desk.transcribe(SHA, 'auto');
    expect(recognizer).toEqual({ kind: 'package', id: 'whisper', name: 'Whisper' });
    expect(asked).toEqual([{ path, recognizer: { kind: 'package', folder: '/models/whisper' } }]);
    expect(prepared).toEqual([{ kind: 'package', folder: '/models/whisper' }]);
  });

  it('a recogniser does not need a model that answers', async () => {
    const { desk } = setup([whisper], { state: 'stopped' });
    expect((await desk.transcribe(SHA, 'auto')).recognizer.id).toBe('whisper');
  });

  it('nobody: a hearing model that is not in use is no help, and it is said', async () => {
    const { desk, asked } = setup([deaf, hearing]);
    await desk.prepare();
    await expect(desk.transcribe(SHA, 'auto')).rejects.toMatchObject({ code: 'no-recognizer' });
    expect(asked).toEqual([]);
  });
});

describe('a file', () => {
  const never = new AbortController().signal;

  it('is written down by whoever the app asks, with its times', async () => {
    const { desk, asked } = setup([hearing, whisper]);
    expect(await desk.recognizer()).toEqual({ kind: 'model', id: 'hearing', name: 'Hearing' });
    const { text, segments, recognizer } = await desk.transcribeFile('/a.wav', { language: 'fr' }, never);
    expect({ text, segments }).toEqual({
      text: 'Hello',
      segments: [{ text: 'Hello', start: 0.02, end: 0.1 }],
    });
    expect(recognizer.id).toBe('hearing');
    expect(asked).toEqual([{ path: '/a.wav', recognizer: { kind: 'model' }, language: 'fr' }]);
  });

  it('or by the package that is named; not by a model that only answers', async () => {
    const { desk, asked } = setup([hearing, whisper, deaf]);
    const by = async (wanted: string) =>
      (await desk.transcribeFile('/a.wav', { wanted }, never)).recognizer.id;
    expect([await by('whisper'), await by('deaf'), await by('unknown')]).toEqual([
      'whisper',
      'hearing',
      'hearing',
    ]);
    expect(asked[0]).toEqual({ path: '/a.wav', recognizer: { kind: 'package', folder: '/models/whisper' } });
  });

  it('by nobody, and it is said', async () => {
    const { desk } = setup([deaf]);
    expect(await desk.recognizer()).toBeNull();
    await expect(desk.transcribeFile('/a.wav', {}, never)).rejects.toMatchObject({ code: 'no-recognizer' });
  });
});

describe('a recording', () => {
  it('that is gone is said to be gone', async () => {
    const { desk } = setup([hearing]);
    await expect(desk.transcribe('b'.repeat(64), 'auto')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('can be cancelled, also by asking again', async () => {
    const { desk, signals, answerWith } = setup([hearing]);
    answerWith(
      () =>
        new Promise((_, reject) => {
          const signal = signals.at(-1);
          signal?.addEventListener('abort', () => reject(new AppError('aborted', 'Stopped.')));
        }),
    );
    const first = expect(desk.transcribe(SHA, 'auto')).rejects.toMatchObject({ code: 'aborted' });
    await expect.poll(() => signals.length).toBe(1);
    const second = expect(desk.transcribe(SHA, 'auto')).rejects.toMatchObject({ code: 'aborted' });
    await first;
    await expect.poll(() => signals.length).toBe(2);
    desk.cancel(SHA);
    await second;
    desk.cancel(SHA);
  });
});

it('a microphone’s samples arrive as they were', async () => {
  const { desk, heard } = setup([hearing]);
  await desk.listen('a', Buffer.from(Int16Array.of(0, 16_384, -32_768).buffer).toString('base64'));
  expect([...(heard[0] ?? [])]).toEqual([0, 0.5, -1]);
});
