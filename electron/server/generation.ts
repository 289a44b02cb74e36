import type { Attachment } from '../contract/conversations';
import { assertNever } from '../contract/errors';
import type { ContentPart, Role, SamplingParams } from '../contract/generation';
import type { ModelInfo } from '../contract/manifest';
import type { DraftMessage, DraftPart, RequestDraft } from '../contract/request-draft';
import { MAX_SPEECH_SECONDS } from '../contract/speech';
import { HttpError } from './errors';
import type { ChatCompletionBody, MessageBody, PartBody } from './request';
import { toAnswerFormat, toToolUse } from './structured';

/** An image or a recording as a client sends it, not yet decoded or checked. */
export type MediaInput =
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'audio'; readonly data: string; readonly format: string };

/** Decodes, checks and stores what a client sent; throws an AppError that says what is wrong with it. */
export type StoreMedia = (
  media: MediaInput,
  request: MediaRequest,
) => Promise<Exclude<ContentPart, { readonly type: 'text' }>>;

/** What all media of one request share. */
export interface MediaRequest {
  /** Of sound; what was stored is taken off. */
  secondsLeft: number;
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** A document as a client sends it. */
export interface FileInput {
  readonly name: string;
  /** A data: URI, or base64 alone. */
  readonly data: string;
}

/** Keeps a document and reads its text; throws an AppError that says what is wrong with it. */
export type StoreDocument = (file: FileInput) => Promise<Attachment>;

/** What a host keeps files with; what is absent is refused. */
export interface FileStores {
  readonly storeMedia?: StoreMedia;
  readonly storeDocument?: StoreDocument;
}

/** What the client asked for in the engine's terms, its documents still to be put in. */
export async function toGenerationRequest(
  body: ChatCompletionBody,
  manifest: ModelInfo,
  stores: FileStores,
  signal?: AbortSignal,
): Promise<RequestDraft> {
  requirePrompt(body.messages);
  const prefix = toPrefix(body);
  const format = toAnswerFormat(body);
  const toolUse = toToolUse(body);
  const media: MediaRequest = { secondsLeft: MAX_SPEECH_SECONDS, ...(signal && { signal }) };
  const messages: DraftMessage[] = [];
  const asked = prefix ? body.messages.slice(0, -1) : body.messages;
  for (const [index, message] of asked.entries()) {
    messages.push(await toMessage(message, `messages[${index}]`, manifest, stores, media));
  }
  const thinking = body.enable_thinking ?? body.chat_template_kwargs?.enable_thinking;
  return {
    messages,
    sampling: toSampling(body),
    enableThinking: manifest.reasoning ? (thinking ?? manifest.reasoning.default) : false,
    ...(prefix && { prefix }),
    ...(format && { format }),
    ...(toolUse && { toolUse }),
  };
}

/** vLLM's: the last message is the beginning of the answer. */
function toPrefix({
  continue_final_message: continues,
  messages,
  response_format: format,
}: ChatCompletionBody): RequestDraft['prefix'] {
  if (!continues) return undefined;
  const last = messages.at(-1);
  const param = 'continue_final_message';
  const refuse = (reason: string) =>
    new HttpError(400, { message: `Invalid '${param}': ${reason}.`, param, code: 'invalid_value' });
  if (last?.role !== 'assistant' || last.tool_calls?.length)
    throw refuse("the last message is none of the assistant's that could be continued");
  if (format && format.type !== 'text') throw refuse('an answer that has begun cannot have a form too');
  const text =
    typeof last.content === 'string'
      ? last.content
      : last.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return { reasoning: '', answer: toWellFormed(text) };
}

function toSampling(body: ChatCompletionBody): Partial<SamplingParams> {
  const sampling: Partial<SamplingParams> = {
    temperature: body.temperature,
    topP: body.top_p,
    topK: body.top_k === undefined ? undefined : Math.max(0, body.top_k),
    minP: body.min_p,
    repetitionPenalty: body.repetition_penalty,
    frequencyPenalty: body.frequency_penalty,
    presencePenalty: body.presence_penalty,
    // Clients send 64-bit seeds, ours have 32.
    seed: body.seed === undefined ? undefined : Number(BigInt.asUintN(32, BigInt(body.seed))),
    stop: typeof body.stop === 'string' ? [body.stop] : body.stop,
    maxTokens: body.max_completion_tokens ?? body.max_tokens,
    logitBias: body.logit_bias,
  };
  // An absent key takes the model's default; one that is present but undefined would hide it.
  return Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== undefined));
}

async function toMessage(
  message: MessageBody,
  param: string,
  manifest: ModelInfo,
  { storeMedia, storeDocument }: FileStores,
  request: MediaRequest,
): Promise<DraftMessage> {
  const role = toRole(message.role);
  const text = (value: string): ContentPart => ({
    type: 'text',
    text: toWellFormed(role === 'assistant' ? withoutReasoning(value, manifest) : value),
  });
  const calls = callsOf(message);
  if (typeof message.content === 'string') return { role, content: [text(message.content)], ...calls };
  const content: DraftPart[] = [];
  for (const [index, part] of message.content.entries()) {
    const media = toMedia(part);
    if (part.type === 'text') content.push(text(part.text));
    else if (part.type === 'file') {
      const file = toFile(part.file, `${param}.content[${index}].file`);
      if (!storeDocument) throw noFiles(`${param}.content[${index}]`);
      content.push({ type: 'document', document: await storeDocument(file) });
    } else if (media) {
      requireModality(media, `${param}.content[${index}]`, manifest, storeMedia);
      content.push(await storeMedia(media, request));
    }
  }
  return { role, content, ...calls };
}

function callsOf({ role, tool_calls: calls, tool_call_id: id }: MessageBody): Partial<DraftMessage> {
  if (role === 'tool') return { toolCallId: id ?? '' };
  if (!calls?.length) return {};
  return {
    toolCalls: calls.map((call) => ({
      id: call.id,
      name: call.function.name,
      arguments: toWellFormed(call.function.arguments),
    })),
  };
}

function toMedia(part: PartBody): MediaInput | null {
  switch (part.type) {
    case 'text':
    case 'file':
      return null;
    case 'image_url':
      return { type: 'image', url: part.image_url.url };
    case 'input_audio':
      return { type: 'audio', ...part.input_audio };
    default:
      return assertNever(part);
  }
}

function toFile(file: Extract<PartBody, { type: 'file' }>['file'], param: string): FileInput {
  const { filename = 'file', file_data: data, file_id } = file;
  if (data !== undefined) return { name: filename, data };
  throw new HttpError(400, {
    message:
      file_id === undefined
        ? `Invalid '${param}.file_data': it is required, as a data: URI in base64.`
        : `Invalid '${param}.file_id': files are not kept here; send the file itself as 'file_data'.`,
    param: file_id === undefined ? `${param}.file_data` : `${param}.file_id`,
    code: file_id === undefined ? 'missing_required_parameter' : 'invalid_value',
  });
}

function noFiles(param: string): HttpError {
  return new HttpError(400, {
    message: `Invalid '${param}': this server takes no files.`,
    param,
    code: 'unsupported_modality',
  });
}

function requireModality(
  media: MediaInput,
  param: string,
  manifest: ModelInfo,
  storeMedia: StoreMedia | undefined,
): asserts storeMedia is StoreMedia {
  if (storeMedia && manifest.modalities.includes(media.type)) return;
  const takes = storeMedia ? manifest.modalities.join(', ') : 'text';
  throw new HttpError(400, {
    message: `Invalid '${param}': the model '${manifest.id}' takes no ${media.type} input here, only: ${takes}.`,
    param,
    code: 'unsupported_modality',
  });
}

function requirePrompt(messages: readonly MessageBody[]): void {
  const index = messages.length - 1;
  const last = messages[index]!;
  const isEmpty =
    typeof last.content === 'string'
      ? last.content === ''
      : last.content.every((part) => part.type === 'text' && part.text === '');
  if (last.role !== 'user' || !isEmpty) return;
  const param = `messages[${index}].content`;
  throw new HttpError(400, {
    message: `Invalid '${param}': it is empty, so there is nothing to answer.`,
    param,
    code: 'invalid_value',
  });
}

function toRole(role: MessageBody['role']): Role {
  return role === 'developer' ? 'system' : role;
}

/** Clients that get the reasoning inline send it back inside the answer; the model is never shown it again. */
function withoutReasoning(text: string, { reasoning }: ModelInfo): string {
  if (!reasoning) return text;
  const start = text.length - text.trimStart().length;
  if (!text.startsWith(reasoning.open, start)) return text;
  const end = text.indexOf(reasoning.close, start);
  return end < 0 ? '' : text.slice(end + reasoning.close.length).trimStart();
}

/** JSON can carry half a surrogate pair, UTF-8 cannot. */
function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
