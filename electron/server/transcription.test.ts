import { type AddressInfo, connect } from 'node:net';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import OpenAI, { toFile } from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../contract/errors';
import type { FileTranscript, Recognizer } from '../contract/speech';
import { createServer } from './server';
import { ErrorSchema } from './testing/client';
import { manifest, ScriptedEngine } from './testing/scripted-engine';
import type { TranscriptionService } from './transcription';

const SEGMENTS = [
  { text: 'Hello there.', start: 0.5, end: 1.75, language: 'en' },
  { text: 'How are <you>?', start: 3661.25, end: 3662 },
];

/** Hears the same in every sound, and remembers what it was asked. */
class ScriptedHearing implements TranscriptionService {
  hears: Recognizer | null = { kind: 'package', id: 'whisper-base', name: 'Whisper' };
  readonly taken: { readonly name: string; readonly bytes: number }[] = [];
  readonly asked: object[] = [];
  readonly ends: string[] = [];
  transcript: FileTranscript = {
    text: 'Hello there. How are <you>?',
    segments: SEGMENTS,
    spoken: true,
    speechMs: 2000,
    elapsedMs: 10,
    recognizer: { kind: 'package', id: 'whisper-base', name: 'Whisper' },
  };
  wait: (signal: AbortSignal) => Promise<void> = async () => {};

  async recognizer() {
    return this.hears;
  }

  async borrow<Result>(
    body: AsyncIterable<Uint8Array>,
    name: string,
    { maxSeconds }: { maxSeconds: number },
    use: (path: string, seconds: number) => Promise<Result>,
  ): Promise<Result> {
    let bytes = 0;
    for await (const piece of body) {
      bytes += piece.byteLength;
      if (name === 'words.txt')
        throw new AppError('invalid-request', 'This is no sound.', { reason: 'undecodable' });
      if (name === 'large.wav') throw new AppError('invalid-request', 'Too large.', { reason: 'too-large' });
    }
    expect(maxSeconds).toBe(3600);
    this.taken.push({ name, bytes });
    return use('/kept.wav', 12.3);
  }

  async transcribe(path: string, options: object, signal: AbortSignal) {
    this.asked.push({ path, ...options });
    await this.wait(signal);
    this.ends.push(signal.aborted ? 'aborted' : 'completed');
    return this.transcript;
  }
}

let hearing: ScriptedHearing;
let server: ServerType;
let address: string;
let openai: OpenAI;

beforeEach(async () => {
  hearing = new ScriptedHearing();
  const whisper = (id: string) => manifest({ id, family: 'whisper', modalities: ['audio'] });
  const models = () => [manifest(), whisper('whisper-base'), whisper('whisper-large')];
  const app = createServer({ engine: new ScriptedEngine(), models, transcription: hearing });
  server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  openai = new OpenAI({ baseURL: `${address}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
});

afterEach(async () => {
  if ('closeAllConnections' in server) server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const sound = () => toFile(new Uint8Array(1000), 'talk.mp3', { type: 'audio/mpeg' });

async function create<Body extends object>(body: Body) {
  return openai.audio.transcriptions.create({ file: await sound(), model: 'whisper-1', ...body });
}

const send = (form: FormData, init: RequestInit = {}) =>
  fetch(`${address}/v1/audio/transcriptions`, { method: 'POST', body: form, ...init });

async function fail(response: Response | Promise<Response>) {
  const answer = await response;
  return { status: answer.status, headers: answer.headers, ...ErrorSchema.parse(await answer.json()).error };
}

function form(
  fields: Readonly<Record<string, string>>,
  file: Blob | null = new Blob([new Uint8Array(10)]),
): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  if (file) body.append('file', file, 'a.wav');
  return body;
}

describe('the openai package', () => {
  it('has a file written down', async () => {
    const answer = await create({ language: 'en', prompt: 'ignored', temperature: 0.2 });
    expect(answer).toMatchObject({
      text: 'Hello there. How are <you>?',
      usage: { type: 'duration', seconds: 13 },
    });
    expect(hearing.taken).toEqual([{ name: 'talk.mp3', bytes: 1000 }]);
    expect(hearing.asked).toEqual([{ path: '/kept.wav', language: 'en' }]);
  });

  it('gets segments with their times', async () => {
    const answer = await create({
      response_format: 'verbose_json',
      timestamp_granularities: ['segment'],
    } as const);
    expect(answer).toMatchObject({
      task: 'transcribe',
      language: 'english',
      duration: 12.3,
      segments: [
        { id: 0, start: 0.5, end: 1.75, text: 'Hello there.' },
        { id: 1, start: 3661.25, end: 3662, text: 'How are <you>?' },
      ],
    });
  });

  it('gets plain text and subtitles', async () => {
    expect(await create({ response_format: 'text' } as const)).toBe('Hello there. How are <you>?\n');
    expect(await create({ response_format: 'srt' } as const)).toBe(
      '1\n00:00:00,500 --> 00:00:01,750\nHello there.\n\n2\n01:01:01,250 --> 01:01:02,000\nHow are <you>?\n\n',
    );
    expect(await create({ response_format: 'vtt' } as const)).toBe(
      'WEBVTT\n\n00:00:00.500 --> 00:00:01.750\nHello there.\n\n01:01:01.250 --> 01:01:02.000\nHow are &lt;you&gt;?\n\n',
    );
  });

  it('chooses among the recognisers by name', async () => {
    for (const model of ['whisper-1', 'gpt-4o-transcribe', 'whisper-base']) await create({ model });
    await create({ model: 'whisper-large' });
    expect(hearing.asked.map((asked) => ('wanted' in asked ? asked.wanted : null))).toEqual([
      null,
      null,
      null,
      'whisper-large',
    ]);
    await expect(create({ model: 'no-such-model' })).rejects.toThrow(OpenAI.NotFoundError);
    await expect(create({ model: 'autoglm-phone-nano' })).rejects.toThrow(
      "'autoglm-phone-nano' does not write down speech here; 'whisper-base' does.",
    );
  });

  it('is told what to do where nothing hears, and does not try again', async () => {
    hearing.hears = null;
    const error = await create({}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OpenAI.InternalServerError);
    expect(error).toMatchObject({ status: 503, code: 'no_recognizer' });
    expect(String(error)).toMatch(/Load a model that takes audio, or install a speech recogniser/);
    expect((error as InstanceType<typeof OpenAI.APIError>).headers?.get('x-should-retry')).toBe('false');
    expect(hearing.taken).toEqual([]);
  });

  it('stops the recogniser when it goes away', async () => {
    hearing.wait = (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    const abort = new AbortController();
    const work = openai.audio.transcriptions.create(
      { file: await sound(), model: 'whisper-1' },
      { signal: abort.signal },
    );
    await expect.poll(() => hearing.asked.length).toBe(1);
    abort.abort();
    await expect(work).rejects.toThrow(OpenAI.APIUserAbortError);
    await expect.poll(() => hearing.ends, { interval: 5 }).toEqual(['aborted']);
  });
});

describe('a form', () => {
  it('may come in any order, and have fields that nobody knows', async () => {
    const body = form({ response_format: 'text', stream: 'true', 'include[]': 'logprobs', temperature: '' });
    expect(await (await send(body)).text()).toContain('Hello');
    const first = form({}, new Blob([new Uint8Array(300_000)]));
    first.append('response_format', 'text');
    expect((await send(first)).headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(hearing.taken.at(-1)?.bytes).toBe(300_000);
  });

  it.each<[string, FormData, number, string, RegExp]>([
    ['without a file', form({ model: 'x' }, null), 400, 'file', /it is required/],
    [
      'of another format',
      form({ response_format: 'xml' }),
      400,
      'response_format',
      /expected one of 'json', 'text'/,
    ],
    ['with a language in words', form({ language: 'English' }), 400, 'language', /such as 'en'/],
    ['with a temperature that is none', form({ temperature: 'hot' }), 400, 'temperature', /NaN/],
    [
      'that wants words timed',
      form({ 'timestamp_granularities[]': 'word' }),
      400,
      'timestamp_granularities',
      /no times of words/,
    ],
    ['of a model that is not there', form({ model: 'none' }), 404, 'model', /does not exist/],
  ])('%s is refused by name', async (_, body, status, param, message) => {
    expect(await fail(send(body))).toMatchObject({
      status,
      param,
      type: 'invalid_request_error',
      message: expect.stringMatching(message),
    });
    expect(hearing.asked).toEqual([]);
  });

  it.each([
    ['words.txt', 400, 'This is no sound.'],
    ['large.wav', 413, 'Too large.'],
  ])('with %s is refused in the words of who reads it', async (name, status, message) => {
    const body = new FormData();
    // Larger than what lies in buffers: the rest has to be read by somebody.
    body.append('file', new Blob([new Uint8Array(3_000_000)]), name);
    body.append('model', 'whisper-1');
    expect(await fail(send(body))).toMatchObject({ status, message, param: 'file' });
  });

  it('that is none is refused', async () => {
    const post = (body: string, type: string) =>
      fail(
        fetch(`${address}/v1/audio/transcriptions`, {
          method: 'POST',
          body,
          headers: { 'content-type': type },
        }),
      );
    for (const [body, type] of [
      ['{"file": "x"}', 'application/json'],
      ['nothing', 'multipart/form-data'],
      ['nothing', 'multipart/form-data; boundary=x'],
      [
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
        'multipart/form-data; boundary=x',
      ],
    ] as const) {
      expect([type, await post(body, type)]).toMatchObject([type, { status: 400, code: 'invalid_form' }]);
    }
    expect(await fail(fetch(`${address}/v1/audio/transcriptions`))).toMatchObject({ status: 405 });
  });

  it('of which the sender dies halfway leaves nobody waiting', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n';
    socket.write(
      `POST /v1/audio/transcriptions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n${head}${'a'.repeat(5000)}`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
    await expect.poll(open).toBe(0);
    expect(hearing.taken).toEqual([]);
    expect((await send(form({}))).status).toBe(200);
  });

  it('that says it is larger than is taken is not read', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(
      'POST /v1/audio/transcriptions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n',
    );
    const answer = await new Promise<string>((resolve) =>
      socket.once('data', (data) => resolve(String(data))),
    );
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });
});

it('a server that hears nothing says so', async () => {
  const app = createServer({ engine: new ScriptedEngine(), models: () => [manifest()] });
  const response = await app.request('http://127.0.0.1:8000/v1/audio/transcriptions', {
    method: 'POST',
    body: form({}),
    headers: { host: '127.0.0.1:8000' },
  });
  expect(await fail(response)).toMatchObject({ status: 503, code: 'no_recognizer' });
});
