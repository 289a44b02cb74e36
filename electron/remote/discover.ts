import { z } from 'zod';
import { RemoteModelSchema } from '../contract/connection-schema';
import {
  type FoundRemoteModel,
  type FoundServer,
  hostOf,
  isUnencrypted,
  type Server,
  type ThinkingSwitch,
} from '../contract/connections';
import { AppError } from '../contract/errors';
import { addressesOf, rootOf } from './address';
import { notOpenAI, refused } from './failures';
import {
  doesSomethingElse,
  guessedThinking,
  hearsSound,
  seesPictures,
  serverAt,
  thinkingSwitch,
  UNKNOWN_CONTEXT,
} from './guesses';
import { type Access, ask, parsed, readJson, readText } from './http';

const TIMEOUT_MS = 15_000;
/** Of a list of models: OpenRouter's takes less than one. */
const MAX_BYTES = 16 * 2 ** 20;
const MAX_MODELS = 2_000;
/** Asked about one by one. */
const MAX_SHOWN = 40;
/** What Ollama gives a model unless told otherwise; it cuts longer prompts in silence. */
const OLLAMA_CONTEXT = 4_096;

const Size = z.number().positive().nullish().catch(null);
const Names = z.array(z.string()).nullish().catch(null);

const EntrySchema = z.looseObject({
  id: z.string().min(1),
  owned_by: z.string().nullish().catch(null),
  /** vLLM, SGLang. */
  max_model_len: Size,
  /** OpenRouter, our own. */
  context_length: Size,
  /** Mistral. */
  max_context_length: Size,
  /** LiteLLM, Groq. */
  context_window: Size,
  /** llama-server. */
  meta: z.looseObject({ n_ctx: Size, n_ctx_train: Size }).nullish().catch(null),
  /** Our own. */
  modalities: Names,
  reasoning: z.boolean().nullish().catch(null),
  tools: z.boolean().nullish().catch(null),
  family: z.string().nullish().catch(null),
  /** OpenRouter. */
  architecture: z.looseObject({ input_modalities: Names, output_modalities: Names }).nullish().catch(null),
  supported_parameters: Names,
  /** Mistral's is a record, LM Studio's a list. */
  capabilities: z
    .union([z.array(z.string()), z.record(z.string(), z.unknown())])
    .nullish()
    .catch(null),
});
type Entry = z.infer<typeof EntrySchema>;

const ListSchema = z.looseObject({ data: z.array(z.unknown()) });

/** What is known of a model; what is absent is guessed. */
interface Facts {
  readonly contextLength?: number | null | undefined;
  readonly images?: boolean | undefined;
  readonly audio?: boolean | undefined;
  readonly tools?: boolean | undefined;
  /** Whether it thinks. */
  readonly thinks?: boolean | undefined;
  readonly other?: boolean | undefined;
}

/**
 * Looks which of the addresses that were meant speaks OpenAI's API, who answers there, and what is known of its models.
 *
 * @param accessTo what is sent to an address; a key is for its own origin.
 * @throws AppError with one sentence that says what is wrong
 */
export async function discover(
  typed: string,
  accessTo: (url: string) => Promise<Access>,
  signal: AbortSignal,
): Promise<FoundServer> {
  let first: unknown;
  for (const url of addressesOf(typed)) {
    try {
      return await look(await accessTo(url), signal);
    } catch (error) {
      first ??= error;
      // Another path of the same server only helps where this one is not there.
      if (!(error instanceof AppError && error.details?.kind === 'remote-not-openai')) break;
    }
  }
  throw first;
}

/** Whether the server answers, and its key is taken. */
export async function check(access: Access, signal: AbortSignal): Promise<void> {
  await listModels(access, signal);
}

async function look(access: Access, signal: AbortSignal): Promise<FoundServer> {
  const { url } = access;
  const entries = await listModels(access, signal);
  const server = await serverOf(access, entries, signal);
  const facts = await factsOf(server, access, entries, signal);
  const models = entries.flatMap((entry): FoundRemoteModel[] => {
    const known = facts.get(entry.id) ?? {};
    const thinking: ThinkingSwitch =
      known.thinks === undefined
        ? guessedThinking(server, url, entry.id)
        : known.thinks
          ? thinkingSwitch(server, url, entry.id)
          : 'none';
    const model = RemoteModelSchema.safeParse({
      id: entry.id,
      contextLength: Math.floor(known.contextLength ?? UNKNOWN_CONTEXT),
      images: known.images ?? seesPictures(entry.id),
      audio: known.audio ?? hearsSound(entry.id),
      tools: known.tools ?? true,
      thinking,
    });
    // A name that is too long to be one is left out.
    return model.success ? [{ ...model.data, other: known.other ?? doesSomethingElse(entry.id) }] : [];
  });
  return { url, server, models, unencrypted: isUnencrypted(url) };
}

async function listModels(access: Access, signal: AbortSignal): Promise<readonly Entry[]> {
  const host = hostOf(access.url);
  const response = await ask(access, `${access.url}/models`, { signal, timeoutMs: TIMEOUT_MS });
  if (!response.ok) {
    const text = await readText(response, host, MAX_BYTES);
    throw refused({ status: response.status, body: parsed(text) }, host, '');
  }
  const list = ListSchema.safeParse(await readJson(response, host, MAX_BYTES));
  if (!list.success) throw notOpenAI(host);
  const entries = list.data.data.slice(0, MAX_MODELS).flatMap((item) => {
    const entry = EntrySchema.safeParse(item);
    return entry.success ? [entry.data] : [];
  });
  if (entries.length === 0) {
    throw new AppError(
      'remote-failed',
      `${host} answers, but has no models. Load or download one there, then look again.`,
      { kind: 'remote-no-models', host },
    );
  }
  return entries;
}

async function serverOf(access: Access, entries: readonly Entry[], signal: AbortSignal): Promise<Server> {
  const owner = entries[0]?.owned_by ?? '';
  const byOwner: Readonly<Record<string, Server>> = {
    vllm: 'vllm',
    sglang: 'sglang',
    llamacpp: 'llama-server',
    'autoglm-desktop': 'autoglm',
  };
  const named = Object.hasOwn(byOwner, owner) ? byOwner[owner] : undefined;
  if (named) return named;
  const known = serverAt(access.url);
  if (known !== 'other') return known;
  // These two say of themselves only where they have an interface of their own.
  if (await beside(access, '/api/v0/models', signal)) return 'lm-studio';
  if (await beside(access, '/api/version', signal)) return 'ollama';
  return 'other';
}

/** What a server tells beside OpenAI's interface; null where it has no such. */
async function beside(access: Access, path: string, signal: AbortSignal, body?: object): Promise<unknown> {
  const url = rootOf(access.url) + path;
  try {
    const response = await ask(access, url, { signal, timeoutMs: TIMEOUT_MS / 2, ...(body && { body }) });
    if (!response.ok) {
      void response.body?.cancel().catch(() => {});
      return null;
    }
    return await readJson(response, hostOf(access.url), MAX_BYTES);
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

async function factsOf(
  server: Server,
  access: Access,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Facts>> {
  switch (server) {
    case 'llama-server':
      return llamaServer(access, entries, signal);
    case 'lm-studio':
      return lmStudio(access, entries, signal);
    case 'ollama':
      return ollama(access, entries, signal);
    default:
      return new Map(entries.map((entry) => [entry.id, factsIn(entry)]));
  }
}

/** What stands in the list itself. */
function factsIn(entry: Entry): Facts {
  const { capabilities, architecture, supported_parameters: parameters, modalities, family } = entry;
  const inputs = architecture?.input_modalities ?? modalities;
  const can = capabilities && !Array.isArray(capabilities) ? capabilities : null;
  const flag = (name: string) => (typeof can?.[name] === 'boolean' ? can[name] : undefined);
  const outputs = architecture?.output_modalities;
  return {
    contextLength:
      entry.max_model_len ??
      entry.context_length ??
      entry.max_context_length ??
      entry.context_window ??
      entry.meta?.n_ctx,
    images: inputs?.includes('image') ?? flag('vision'),
    audio: inputs?.includes('audio') ?? flag('audio'),
    tools:
      parameters?.includes('tools') ??
      entry.tools ??
      flag('function_calling') ??
      (family ? false : undefined),
    thinks: parameters?.includes('reasoning') ?? entry.reasoning ?? flag('reasoning'),
    other:
      outputs !== undefined && outputs !== null
        ? !outputs.includes('text')
        : family === 'whisper' || flag('completion_chat') === false
          ? true
          : undefined,
  };
}

const PropsSchema = z.looseObject({
  default_generation_settings: z.looseObject({ n_ctx: Size }).nullish().catch(null),
  n_ctx: Size,
  modalities: z
    .looseObject({ vision: z.boolean().nullish(), audio: z.boolean().nullish() })
    .nullish()
    .catch(null),
  chat_template: z.string().nullish().catch(null),
});

async function llamaServer(access: Access, entries: readonly Entry[], signal: AbortSignal) {
  const props = PropsSchema.safeParse(await beside(access, '/props', signal)).data;
  const template = props?.chat_template ?? null;
  return new Map(
    entries.map((entry): [string, Facts] => [
      entry.id,
      {
        contextLength:
          props?.default_generation_settings?.n_ctx ??
          props?.n_ctx ??
          entry.meta?.n_ctx ??
          entry.meta?.n_ctx_train,
        images: props?.modalities?.vision ?? undefined,
        audio: props?.modalities?.audio ?? undefined,
        tools: template === null ? undefined : /\btools\b/.test(template),
        thinks: template === null ? undefined : /enable_thinking|<think>|reasoning_content/.test(template),
      },
    ]),
  );
}

const LmStudioSchema = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      type: z.string().nullish(),
      max_context_length: Size,
      loaded_context_length: Size,
      capabilities: Names,
    }),
  ),
});

async function lmStudio(access: Access, entries: readonly Entry[], signal: AbortSignal) {
  const listed = LmStudioSchema.safeParse(await beside(access, '/api/v0/models', signal)).data?.data ?? [];
  return new Map(
    entries.map((entry): [string, Facts] => {
      const found = listed.find(({ id }) => id === entry.id);
      if (!found) return [entry.id, factsIn(entry)];
      return [
        entry.id,
        {
          contextLength: found.loaded_context_length ?? found.max_context_length,
          images: found.type === 'vlm',
          audio: false,
          tools: found.capabilities ? found.capabilities.includes('tool_use') : undefined,
          other: found.type === 'embeddings',
        },
      ];
    }),
  );
}

const OllamaShowSchema = z.looseObject({
  capabilities: Names,
  parameters: z.string().nullish().catch(null),
  model_info: z.record(z.string(), z.unknown()).nullish().catch(null),
});
const OllamaLoadedSchema = z.looseObject({
  models: z.array(z.looseObject({ name: z.string(), context_length: Size })),
});

async function ollama(access: Access, entries: readonly Entry[], signal: AbortSignal) {
  const loaded = OllamaLoadedSchema.safeParse(await beside(access, '/api/ps', signal)).data?.models ?? [];
  const facts = entries.slice(0, MAX_SHOWN).map(async ({ id }): Promise<[string, Facts]> => {
    const shown = OllamaShowSchema.safeParse(await beside(access, '/api/show', signal, { model: id })).data;
    if (!shown) return [id, {}];
    const can = shown.capabilities ?? undefined;
    const largest = Object.entries(shown.model_info ?? {}).find(([key]) =>
      key.endsWith('.context_length'),
    )?.[1];
    const set = /^num_ctx\s+(\d+)/m.exec(shown.parameters ?? '')?.[1];
    const held = loaded.find(({ name }) => name === id)?.context_length;
    const most = typeof largest === 'number' ? largest : OLLAMA_CONTEXT;
    return [
      id,
      {
        contextLength: held ?? (set ? Number(set) : Math.min(most, OLLAMA_CONTEXT)),
        images: can?.includes('vision'),
        audio: can?.includes('audio') ?? false,
        tools: can?.includes('tools'),
        thinks: can?.includes('thinking'),
        other: can ? !can.includes('completion') : undefined,
      },
    ];
  });
  return new Map(await Promise.all(facts));
}
