import { z } from 'zod';
import type { Server } from '../contract/connections';
import { type Access, askBeside } from './http';

/** Asked about one by one. */
const MAX_SHOWN = 40;
/** What Ollama gives a model unless told otherwise; it cuts longer prompts in silence. */
const OLLAMA_CONTEXT = 4_096;

const Size = z.number().positive().nullish().catch(null);
const Names = z.array(z.string()).nullish().catch(null);

/** One of the list of models, in the words of all servers. */
export const EntrySchema = z.looseObject({
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
export type Entry = z.infer<typeof EntrySchema>;

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

/** What a server tells of its models, in the list and beside OpenAI's interface. */
export async function factsOf(
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
  const props = PropsSchema.safeParse(await askBeside(access, '/props', signal)).data;
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
  const listed = LmStudioSchema.safeParse(await askBeside(access, '/api/v0/models', signal)).data?.data ?? [];
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
  const loaded = OllamaLoadedSchema.safeParse(await askBeside(access, '/api/ps', signal)).data?.models ?? [];
  const facts = entries.slice(0, MAX_SHOWN).map(async ({ id }): Promise<[string, Facts]> => {
    const shown = OllamaShowSchema.safeParse(
      await askBeside(access, '/api/show', signal, { model: id }),
    ).data;
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
