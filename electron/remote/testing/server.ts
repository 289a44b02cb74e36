import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { ConnectionSchema, RemoteModelSchema } from '../../contract/connection-schema';
import type { Connection, RemoteModel } from '../../contract/connections';
import type { LoadedModel } from '../../contract/engine';
import type { ErrorInfo } from '../../contract/errors';
import type { GenerationEvent, GenerationRequest } from '../../contract/generation';
import { type Lesson, RemoteEngine, type RemoteEngineOptions } from '../engine';
import { Calibration } from '../tokens';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** Answers a request; one that answers nothing leaves it waiting. */
export type Route = (asked: Asked, response: ServerResponse, closed: Promise<void>) => void | Promise<void>;

/** A real HTTP server of this test's own; paths without a route are 404. Remembers what it was asked. */
export async function fakeServer(routes: Readonly<Record<string, Route>>) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const path = request.url ?? '';
    const one: Asked = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
    asked.push(one);
    const closed = new Promise<void>((resolve) => response.on('close', () => resolve()));
    const route = routes[path];
    if (route) await route(one, response, closed);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, url: `${origin}/v1`, asked };
}

export const json =
  (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Route =>
  (_asked, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };

/** Server-sent events as they are given, byte for byte; a pause between lets them arrive one by one. */
export const raw =
  (pieces: readonly (string | Uint8Array)[], then: 'end' | 'destroy' | 'wait' = 'end'): Route =>
  async (_asked, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (then === 'end') response.end();
    if (then === 'destroy') response.destroy();
  };

export const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

export const stream = (...deltas: readonly object[]): Route =>
  raw([...deltas.map((delta) => chunk(delta)), chunk({}, 'stop'), 'data: [DONE]\n\n']);

export const remoteModel = (more: Partial<RemoteModel> = {}): RemoteModel =>
  RemoteModelSchema.parse({
    id: 'm',
    contextLength: 4096,
    images: true,
    audio: true,
    tools: true,
    thinking: 'template',
    ...more,
  });

export const connectionTo = (url: string, more: Partial<Connection> = {}): Connection =>
  ConnectionSchema.parse({
    id: 'box',
    name: 'Box',
    url,
    server: 'vllm',
    enabled: true,
    models: [remoteModel()],
    ...more,
  });

/** A model at a server, and what it learns. */
export function engineAt(
  url: string,
  {
    model: wanted = {},
    connection: kind = {},
    headers = {},
    ...more
  }: {
    readonly model?: Partial<RemoteModel>;
    readonly connection?: Partial<Connection>;
    readonly headers?: Readonly<Record<string, string>>;
  } & Partial<Pick<RemoteEngineOptions, 'firstWordMs' | 'idleMs' | 'media'>> = {},
) {
  let model = remoteModel(wanted);
  const connection = connectionTo(url, kind);
  const lessons: Lesson[] = [];
  const reached: (ErrorInfo | null)[] = [];
  const engine = new RemoteEngine({
    connection: () => connection,
    model: () => model,
    access: async () => ({ url, headers, fetch: (address, init) => fetch(address, init) }),
    loaded: () =>
      ({
        manifest: { id: `box/${model.id}` },
        provider: 'remote',
        device: { kind: 'remote', host: 'box' },
        contextLength: model.contextLength,
      }) as unknown as LoadedModel,
    media: { part: async () => ({ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }) },
    calibration: new Calibration(),
    state: () => ({ state: 'unknown', error: null }),
    learn: (lesson) => {
      lessons.push(lesson);
      const { learned } = model;
      if ('refuses' in lesson)
        model = { ...model, learned: { ...learned, refuses: [...learned.refuses, lesson.refuses] } };
      else if ('opensThinking' in lesson) model = { ...model, learned: { ...learned, ...lesson } };
      else model = { ...model, ...lesson };
    },
    reached: (error) => reached.push(error),
    ...more,
  });
  return { engine, lessons, reached, model: () => model };
}

export const question = (text: string, more: Partial<GenerationRequest> = {}): GenerationRequest => ({
  messages: [{ role: 'user', content: [{ type: 'text', text }] }],
  sampling: {},
  enableThinking: true,
  ...more,
});

/** An answer put together: `was-reasoning` moves what stands there. */
export async function answerOf(
  engine: RemoteEngine,
  request: GenerationRequest,
  signal: AbortSignal = new AbortController().signal,
) {
  const events: GenerationEvent[] = [];
  let reasoning = '';
  let answer = '';
  for await (const event of engine.generate(request, signal)) {
    events.push(event);
    if (event.type === 'delta' && event.channel === 'reasoning') reasoning += event.text;
    if (event.type === 'delta' && event.channel === 'answer') answer += event.text;
    if (event.type === 'was-reasoning') {
      reasoning += answer.trim();
      answer = '';
    }
  }
  const calls: { id: string; name: string; arguments: string }[] = [];
  for (const event of events) {
    if (event.type !== 'tool-call') continue;
    calls[event.index] ??= { id: '', name: '', arguments: '' };
    const call = calls[event.index];
    if (!call) continue;
    call.id ||= event.id ?? '';
    call.name ||= event.name ?? '';
    call.arguments += event.arguments;
  }
  const last = events.at(-1);
  return {
    events,
    reasoning,
    answer,
    calls,
    finished: last?.type === 'finished' ? last : null,
    error: last?.type === 'failed' ? last.error : null,
  };
}
