import type { Hono } from 'hono';
import { z } from 'zod';
import { createServer, type ServerOptions } from '../server';
import { manifest, ScriptedEngine } from './scripted-engine';

/** The server without a socket, and a client that reads its answers with strict schemas. */

export interface Setup {
  readonly engine: ScriptedEngine;
  readonly app: Hono;
}

export function setup(options: Partial<ServerOptions> = {}): Setup {
  const engine = new ScriptedEngine();
  return { engine, app: createServer({ engine, models: () => [manifest()], ...options }) };
}

export const ErrorSchema = z.strictObject({
  error: z.strictObject({
    message: z.string().min(1),
    type: z.enum(['invalid_request_error', 'permission_error', 'server_error']),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});

const UsageSchema = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  completion_tokens_details: z.object({ reasoning_tokens: z.int() }),
});

const HeadSchema = z.object({
  id: z.string().startsWith('chatcmpl-'),
  created: z.int(),
  model: z.string(),
  system_fingerprint: z.string(),
});

const CompletionSchema = HeadSchema.extend({
  object: z.literal('chat.completion'),
  choices: z.tuple([
    z.object({
      index: z.literal(0),
      message: z.strictObject({
        role: z.literal('assistant'),
        content: z.string(),
        refusal: z.null(),
        reasoning_content: z.string().optional(),
      }),
      finish_reason: z.enum(['stop', 'length']),
    }),
  ]),
  usage: UsageSchema,
  x_autoglm: z.object({ tokens_per_second: z.number(), seed: z.number() }),
});

const ChunkSchema = HeadSchema.extend({
  object: z.literal('chat.completion.chunk'),
  choices: z.array(
    z.object({
      index: z.literal(0),
      delta: z.strictObject({
        role: z.literal('assistant').optional(),
        content: z.string().optional(),
        reasoning_content: z.string().optional(),
      }),
      finish_reason: z.enum(['stop', 'length']).nullable(),
    }),
  ),
  usage: UsageSchema.nullable().optional(),
});

export const question = { messages: [{ role: 'user', content: 'Who are you?' }] };

export async function request(app: Hono, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has('host')) headers.set('host', '127.0.0.1:8000');
  return app.request(`http://127.0.0.1:8000${path}`, { ...init, headers });
}

export async function post(app: Hono, body: unknown, init: RequestInit = {}): Promise<Response> {
  return request(app, '/v1/chat/completions', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });
}

export async function complete(app: Hono, body: object) {
  const response = await post(app, body);
  return CompletionSchema.parse(await response.json());
}

export async function fail(response: Response | Promise<Response>) {
  const { status, headers, body } = await Promise.resolve(response).then(async (answer) => ({
    status: answer.status,
    headers: answer.headers,
    body: ErrorSchema.parse(await answer.json()),
  }));
  return { status, headers, ...body.error };
}

export interface SseStream {
  readonly comments: readonly string[];
  readonly data: readonly string[];
}

export async function readSse(response: Response): Promise<SseStream> {
  const blocks = (await response.text()).split('\n\n').filter((block) => block !== '');
  return {
    comments: blocks.filter((block) => block.startsWith(':')),
    data: blocks.filter((block) => block.startsWith('data: ')).map((block) => block.slice('data: '.length)),
  };
}

export async function readChunks(response: Response) {
  const { data } = await readSse(response);
  if (data.at(-1) !== '[DONE]') throw new Error('The stream does not end with [DONE].');
  return data.slice(0, -1).map((line) => ChunkSchema.parse(JSON.parse(line)));
}
