import { z } from 'zod';
import type { AnswerFormat, ToolUse } from '../contract/structured';
import { HttpError } from './errors';
import { boundedArray, optional } from './fields';

/** `response_format` and `tools`, and the names that other servers gave the former. */

const MAX_TOOLS = 128;
const MAX_CHOICES = 10_000;
/** Of a regular expression or a grammar, in UTF-16 units. */
const MAX_SOURCE = 200_000;

/** Of lists and objects in a schema: whatever comes after calls itself once a level. */
const MAX_LEVELS = 500;
const TOO_DEEP = `expected at most ${MAX_LEVELS} levels`;

const NameSchema = z
  .string()
  .regex(/^[\w-]{1,64}$/, 'expected up to 64 letters, digits, underscores and dashes');
const JsonSchemaSchema = z
  .union([z.boolean(), z.record(z.string(), z.unknown())], { error: 'expected a JSON schema' })
  .refine((schema) => !isDeeper(schema, MAX_LEVELS), TOO_DEEP);

const FormatSchema = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({
      type: z.literal('json_schema'),
      json_schema: z.object({
        name: optional(z.string()),
        description: optional(z.string()),
        /** A schema is always kept to. */
        strict: optional(z.boolean()),
        schema: optional(JsonSchemaSchema),
      }),
    }),
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union' ? "expected one of 'text', 'json_object', 'json_schema'" : undefined,
  },
);

const ToolSchema = z.object({
  type: z.literal('function', { error: "expected 'function'" }),
  function: z.object({
    name: NameSchema,
    description: optional(z.string()),
    parameters: optional(JsonSchemaSchema),
    strict: optional(z.boolean()),
  }),
});

const ToolChoiceSchema = z.union(
  [
    z.enum(['none', 'auto', 'required']),
    z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
  ],
  { error: "expected 'none', 'auto', 'required' or a function" },
);

export const STRUCTURED_FIELDS = {
  response_format: optional(FormatSchema),
  /** vLLM's. */
  guided_json: optional(z.union([z.string(), JsonSchemaSchema])),
  guided_regex: optional(z.string().max(MAX_SOURCE)),
  guided_choice: optional(boundedArray(z.string().min(1), MAX_CHOICES, 1)),
  guided_grammar: optional(z.string().max(MAX_SOURCE)),
  /** llama.cpp's. */
  grammar: optional(z.string().max(MAX_SOURCE)),
  tools: optional(boundedArray(ToolSchema, MAX_TOOLS)),
  tool_choice: optional(ToolChoiceSchema),
  parallel_tool_calls: optional(z.boolean()),
};

/** Calls in an assistant's message. */
export const ToolCallsSchema = boundedArray(
  z.object({
    id: z.string().max(1_000),
    type: optional(z.literal('function')),
    function: z.object({ name: NameSchema, arguments: z.string() }),
  }),
  MAX_TOOLS,
);

const fields = z.object(STRUCTURED_FIELDS);
type StructuredBody = z.infer<typeof fields>;

/** The form that the client asked for; undefined for any text. Throws 400 for two forms at once. */
export function toAnswerFormat(body: StructuredBody): AnswerFormat | undefined {
  const found: [param: string, format: AnswerFormat][] = [];
  const { response_format: format } = body;
  if (format?.type === 'json_object') found.push(['response_format', { type: 'json-object' }]);
  if (format?.type === 'json_schema') {
    const { schema } = format.json_schema;
    const name = 'response_format.json_schema.schema';
    found.push([
      'response_format',
      schema === undefined ? { type: 'json-object' } : { type: 'json-schema', schema, name },
    ]);
  }
  if (body.guided_json !== undefined) {
    const schema = typeof body.guided_json === 'string' ? parsed(body.guided_json) : body.guided_json;
    found.push(['guided_json', { type: 'json-schema', schema, name: 'guided_json' }]);
  }
  const { guided_regex: pattern, guided_choice: choices } = body;
  if (pattern !== undefined) found.push(['guided_regex', { type: 'regex', pattern, name: 'guided_regex' }]);
  if (choices !== undefined) found.push(['guided_choice', { type: 'choice', choices }]);
  for (const name of ['guided_grammar', 'grammar'] as const) {
    const grammar = body[name];
    if (grammar !== undefined) found.push([name, { type: 'grammar', grammar, name }]);
  }
  const second = found[1];
  if (second) {
    const [param] = second;
    const message = `Invalid '${param}': the answer cannot have the form of '${found[0]?.[0]}' too; send one of them.`;
    throw new HttpError(400, { message, param, code: 'invalid_value' });
  }
  return found[0]?.[1];
}

/** What the model is told of tools; undefined where it is told of none. Throws 400 for a choice that cannot be made. */
export function toToolUse(body: StructuredBody): ToolUse | undefined {
  const { tools = [], tool_choice: choice = tools.length > 0 ? 'auto' : 'none' } = body;
  const names = tools.map((tool) => tool.function.name);
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0) throw invalid(`tools[${twice}].function.name`, 'another tool has the same name');
  if (choice === 'none') return undefined;
  if (tools.length === 0 && choice === 'auto') return undefined;
  if (tools.length === 0) throw invalid('tool_choice', "there are no 'tools' to choose from");
  if (typeof choice === 'object' && !names.includes(choice.function.name))
    throw invalid('tool_choice.function.name', 'no tool has that name');
  return {
    tools: tools.map(({ function: { name, description, parameters, strict } }) => ({
      name,
      ...(description !== undefined && { description }),
      ...(parameters !== undefined && { parameters }),
      ...(strict !== undefined && { strict }),
    })),
    choice: typeof choice === 'object' ? { name: choice.function.name } : choice,
    parallel: body.parallel_tool_calls ?? true,
    name: 'tools',
  };
}

function parsed(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    if (!isDeeper(value, MAX_LEVELS)) return value;
  } catch {
    throw invalid('guided_json', 'it is not valid JSON');
  }
  throw invalid('guided_json', TOO_DEEP);
}

/** Level by level: it calls itself at no depth. */
function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

function invalid(param: string, what: string): HttpError {
  return new HttpError(400, { message: `Invalid '${param}': ${what}.`, param, code: 'invalid_value' });
}
