import { Hono } from 'hono';
import type { DocumentUse } from '../contract/documents';
import type { EngineService } from '../contract/engine';
import { assertNever, toErrorInfo } from '../contract/errors';
import type { GenerationRequest } from '../contract/generation';
import type { ModelInfo } from '../contract/manifest';
import type { CompleteRequest } from '../contract/request-draft';
import { MAX_BODY_BYTES, readJson } from './body';
import { type Delta, DeltaWriter, newHead, reasoningMode, toCompletion } from './completion';
import { fromErrorInfo, HttpError, toErrorResponse } from './errors';
import { type FileStores, toGenerationRequest } from './generation';
import { guard } from './guard';
import { type Aliases, ModelRegistry, type Scope } from './models';
import { parseChatCompletion } from './request';
import { EventReader, streamCompletion } from './stream';
import { answerTranscription, type TranscriptionService } from './transcription';

export interface ServerOptions extends FileStores {
  readonly engine: EngineService;
  /** Every installed model, the default of its family first. */
  readonly models: () => readonly ModelInfo[];
  /** Whether models of engines elsewhere may be asked too, with the user's keys; absent: they may not. */
  readonly offersRemote?: () => boolean;
  /** Other names for models; default: the one that published scripts use for autoglm-phone. */
  readonly aliases?: Aliases;
  /** The addresses and names the host listens on, beside loopback's; requests to any other name are refused. */
  readonly boundTo?: () => string | readonly string[];
  /** Puts the documents in; a host that stores them has it. */
  readonly completeRequest?: CompleteRequest;
  /** Without it nothing is written down. */
  readonly transcription?: TranscriptionService;
  readonly maxBodyBytes?: number;
  readonly timing?: Partial<Timing>;
}

interface Timing {
  /** How long a stream waits for its first event before its 200 goes out; until then a failure still has its own status. */
  readonly firstEventMs: number;
  readonly keepAliveMs: number;
}

const DEFAULT_TIMING: Timing = { firstEventMs: 1_000, keepAliveMs: 10_000 };

/**
 * OpenAI's API over the engine. The host mounts it with `app.route('/', createServer(…))`, before its own routes: the guard then
 * covers those too.
 */
export function createServer(options: ServerOptions): Hono {
  const { engine, maxBodyBytes = MAX_BODY_BYTES, completeRequest = withoutDocuments } = options;
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const registry = new ModelRegistry(engine, options.models, options.aliases);
  const app = new Hono();
  /** Another app is offered what is here alone, as two could be connected to each other. */
  const scopeOf = ({ headers }: Request): Scope => {
    const isOtherApp = headers.get('user-agent')?.startsWith('AutoGLM-Desktop');
    return options.offersRemote?.() && !isOtherApp ? 'all' : 'own';
  };

  app.onError((error) =>
    toErrorResponse(error instanceof HttpError ? error : fromErrorInfo(toErrorInfo(error))),
  );
  app.use(guard(options.boundTo ?? (() => '127.0.0.1')));
  for (const path of ['/v1/*', '/health']) {
    app.use(path, async (context, next) => {
      await next();
      context.res.headers.set('cache-control', 'no-store');
      context.res.headers.set('x-content-type-options', 'nosniff');
    });
  }

  app.get('/health', (context) => context.json(registry.health()));
  app.get('/v1/models', (context) => context.json(registry.list(scopeOf(context.req.raw))));
  app.get('/v1/models/:id', (context) =>
    context.json(registry.describe(registry.find(context.req.param('id'), scopeOf(context.req.raw)))),
  );

  app.post('/v1/chat/completions', async (context) => {
    const body = parseChatCompletion(await readJson(context.req.raw, maxBodyBytes));
    const { model, engine: asked } = registry.findLoaded(body.model, scopeOf(context.req.raw));
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, context.req.raw.signal]);
    const draft = await toGenerationRequest(body, model.manifest, options, signal);
    const { request, documents } = await completeRequest(draft, signal, model.manifest.id);
    const reader = new EventReader(asked.generate(request, signal));
    const head = newHead(model);
    const writer = new DeltaWriter(reasoningMode(body), model.manifest.reasoning);
    if (!body.stream) return context.json(await collect(reader, head, writer, documents));
    const first = await reader.next(timing.firstEventMs);
    if (first?.type === 'failed') throw fromErrorInfo(first.error);
    const includeUsage = body.stream_options?.include_usage ?? false;
    const { keepAliveMs } = timing;
    return streamCompletion(reader, first, { head, writer, documents, includeUsage, keepAliveMs }, () =>
      abort.abort(),
    );
  });

  app.post('/v1/audio/transcriptions', (context) =>
    answerTranscription(context, registry, options.transcription),
  );

  answerOtherMethods(app, '/health', 'GET');
  answerOtherMethods(app, '/v1/models', 'GET');
  answerOtherMethods(app, '/v1/models/:id', 'GET');
  answerOtherMethods(app, '/v1/chat/completions', 'POST');
  answerOtherMethods(app, '/v1/audio/transcriptions', 'POST');
  app.all('/v1/*', (context) => toErrorResponse(unknownUrl(context.req.method, context.req.path)));
  app.notFound((context) => toErrorResponse(unknownUrl(context.req.method, context.req.path)));
  return app;
}

async function collect(
  reader: EventReader,
  head: ReturnType<typeof newHead>,
  writer: DeltaWriter,
  documents: readonly DocumentUse[],
) {
  const deltas: Delta[] = [];
  for (;;) {
    const event = await reader.next(MAX_TIMEOUT_MS);
    switch (event?.type) {
      case undefined:
      case 'started':
        break;
      case 'was-reasoning':
        deltas.push(...writer.asReasoning(deltas.splice(0)));
        break;
      case 'delta':
        deltas.push(...writer.write(event.channel, event.text));
        break;
      case 'tool-call':
        deltas.push(...writer.writeCall(event));
        break;
      case 'finished':
        deltas.push(...writer.end());
        return toCompletion(head, deltas, writer.finishReason(event.reason), event.stats, documents);
      case 'failed':
        throw fromErrorInfo(event.error);
      default:
        assertNever(event);
    }
  }
}

/** Of a server that stores none there are none. */
const withoutDocuments: CompleteRequest = async (draft) => ({
  request: draft as GenerationRequest,
  documents: [],
});

/** The longest a timer can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

function answerOtherMethods(app: Hono, path: string, method: 'GET' | 'POST'): void {
  const allow = method === 'GET' ? 'GET, HEAD, OPTIONS' : `${method}, OPTIONS`;
  // No CORS headers: a page of another site gets no further than this.
  app.options(path, () => new Response(null, { status: 204, headers: { allow } }));
  app.all(path, (context) =>
    toErrorResponse(
      new HttpError(405, {
        message: `${context.req.method} is not allowed on ${path}; use ${method}.`,
        code: 'method_not_allowed',
        headers: { allow },
      }),
    ),
  );
}

function unknownUrl(method: string, path: string): HttpError {
  return new HttpError(404, {
    message: `Unknown request URL: ${method} ${path.slice(0, 200)}.`,
    code: 'unknown_url',
  });
}
