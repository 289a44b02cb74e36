import { z } from 'zod';
import { HttpError } from './errors';
import { boundedArray, optional } from './fields';
import { STRUCTURED_FIELDS, ToolCallsSchema } from './structured';

/** The body of `POST /v1/chat/completions`. Fields not named here are ignored, as clients expect; null is the same as absent. */

/** Bounds on what is looked at item by item, so that a body full of mistakes cannot fill the memory with reports of them. */
const MAX_MESSAGES = 10_000;
const MAX_PARTS = 1_000;
const MAX_BIASES = 10_000;
const MAX_STOPS = 4;
/** Zod's own words. */
const MISSING = 'Invalid input: received undefined';

const TextPartSchema = z.object({ type: z.literal('text'), text: z.string() });
const ImagePartSchema = z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) });
const AudioPartSchema = z.object({
  type: z.literal('input_audio'),
  input_audio: z.object({ data: z.string(), format: z.string() }),
});
const FilePartSchema = z.object({
  type: z.literal('file'),
  file: z.object({
    filename: optional(z.string().max(1_000)),
    file_data: optional(z.string()),
    file_id: optional(z.string().max(1_000)),
  }),
});
const PARTS = [TextPartSchema, ImagePartSchema, AudioPartSchema, FilePartSchema] as const;
const PartSchema = z.discriminatedUnion('type', PARTS, {
  error: (issue) =>
    issue.code === 'invalid_union' ? "expected one of 'text', 'image_url', 'input_audio', 'file'" : undefined,
});

const MessageSchema = z
  .object({
    /** `developer` is OpenAI's newer name of `system`. */
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
    content: z
      .union([z.string(), boundedArray(PartSchema, MAX_PARTS)], {
        error: 'expected a string or an array of content parts',
      })
      .nullish(),
    tool_calls: optional(ToolCallsSchema),
    tool_call_id: optional(z.string().max(1_000)),
  })
  .superRefine(({ role, content, tool_calls: calls, tool_call_id: id }, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const isMissing = content === undefined || content === null;
    // A message that calls may say nothing.
    if (isMissing && !(role === 'assistant' && calls?.length))
      fault('content', content === null ? 'expected a string or an array of content parts' : MISSING);
    if (calls?.length && role !== 'assistant')
      fault('tool_calls', 'only messages of the assistant have them');
    if (role === 'tool' && id === undefined) fault('tool_call_id', MISSING);
  })
  .transform((message) => ({ ...message, content: message.content ?? '' }));

const ChatCompletionSchema = z.object(
  {
    model: optional(z.string()),
    messages: boundedArray(MessageSchema, MAX_MESSAGES, 1),
    stream: optional(z.boolean()),
    stream_options: optional(z.object({ include_usage: optional(z.boolean()) })),
    n: optional(z.literal(1, { error: 'only one choice a request is supported' })),
    temperature: optional(z.number().min(0).max(2)),
    top_p: optional(z.number().min(0).max(1)),
    /** -1 is vLLM's word for off. */
    top_k: optional(z.int().min(-1)),
    min_p: optional(z.number().min(0).max(1)),
    frequency_penalty: optional(z.number().min(-2).max(2)),
    presence_penalty: optional(z.number().min(-2).max(2)),
    repetition_penalty: optional(z.number().gt(0).max(2)),
    seed: optional(z.number().refine(Number.isInteger, 'expected an integer')),
    stop: optional(
      z.union([z.string().min(1, 'must not be empty'), boundedArray(z.string().min(1), MAX_STOPS)], {
        error: 'expected a string or an array of strings',
      }),
    ),
    max_tokens: optional(z.int().min(1)),
    max_completion_tokens: optional(z.int().min(1)),
    logit_bias: optional(
      z
        .custom<object>(isSmallRecord, `expected an object of at most ${MAX_BIASES} token ids`)
        .pipe(z.record(z.string().regex(/^\d{1,7}$/, 'expected a token id'), z.number().min(-100).max(100))),
    ),
    enable_thinking: optional(z.boolean()),
    /** vLLM's: the last message is the assistant's, and the answer goes on with it. */
    continue_final_message: optional(z.boolean()),
    /** Where vLLM's clients put it. */
    chat_template_kwargs: optional(z.object({ enable_thinking: optional(z.boolean()) })),
    return_reasoning: optional(z.boolean()),
    reasoning_format: optional(z.enum(['separate', 'inline'])),
    ...STRUCTURED_FIELDS,
  },
  { error: 'the request body must be a JSON object' },
);

export type ChatCompletionBody = z.infer<typeof ChatCompletionSchema>;
export type MessageBody = ChatCompletionBody['messages'][number];
export type PartBody = z.infer<typeof PartSchema>;

export function parseChatCompletion(body: unknown): ChatCompletionBody {
  const result = ChatCompletionSchema.safeParse(body);
  if (result.success) return result.data;
  const issue = deepest(result.error.issues[0]!);
  const param = formatPath(issue.path);
  const isMissing = issue.message.endsWith('received undefined');
  const complaint = isMissing ? 'it is required' : issue.message.replace(/^(Invalid|Too) [a-z]+: /, '');
  throw new HttpError(400, {
    message: param ? `Invalid '${param}': ${complaint}.` : `Invalid request: ${complaint}.`,
    param: param || undefined,
    code: isMissing ? 'missing_required_parameter' : issueCode(issue),
  });
}

interface Issue {
  readonly code: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

/** Of a union's alternatives the one that the input came furthest with; the union itself where it came nowhere. */
function deepest(issue: z.core.$ZodIssue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .flatMap((branch) => branch.slice(0, 1))
    .map(deepest)
    .filter((candidate) => candidate.path.length > 0 || candidate.code !== 'invalid_type')
    .sort((a, b) => b.path.length - a.path.length)[0];
  return inner ? { ...inner, path: [...issue.path, ...inner.path] } : issue;
}

function issueCode(issue: Issue): string {
  return issue.code === 'invalid_type' || issue.code === 'invalid_union' ? 'invalid_type' : 'invalid_value';
}

/** `messages[0].content`, cut where a client chose an endless key. */
function formatPath(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>((prefix, key) => {
    if (typeof key === 'number') return `${prefix}[${key}]`;
    return prefix ? `${prefix}.${String(key)}` : String(key);
  }, '');
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function isSmallRecord(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length <= MAX_BIASES
  );
}
