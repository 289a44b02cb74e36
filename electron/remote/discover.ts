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
import { addressesOf } from './address';
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
import { type Access, ask, askBeside, parsed, readJson, readText } from './http';
import { type Entry, EntrySchema, factsOf } from './model-facts';

const TIMEOUT_MS = 15_000;
/** Of a list of models: OpenRouter's takes less than one. */
const MAX_BYTES = 16 * 2 ** 20;
const MAX_MODELS = 2_000;

const ListSchema = z.looseObject({ data: z.array(z.unknown()) });

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
  if (await askBeside(access, '/api/v0/models', signal)) return 'lm-studio';
  if (await askBeside(access, '/api/version', signal)) return 'ollama';
  return 'other';
}
