import { AppError } from '../../contract/errors';
import type { GenerationRequest } from '../../contract/generation';
import type { AnswerFormat, ToolDefinition, ToolUse } from '../../contract/structured';
import {
  choice,
  complement,
  type Expression,
  type Grammar,
  optional,
  repeat,
  sequence,
  text,
  until,
} from '../grammar/expression';
import { parseGbnf } from '../grammar/gbnf';
import { ANY_OBJECT, schemaGrammar } from '../grammar/json-schema';
import { regexExpression } from '../grammar/regex';
import { shallow } from '../grammar/shallow';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { callsExpression, freeExpression, mark } from '../tools/call-grammar';
import type { ToolFormat } from '../tools/format';
import type { ReasoningTags } from './reasoning-parser';

export interface AnswerGrammarContext {
  readonly tokenizer: Tokenizer;
  readonly tags: ReasoningTags | null;
  readonly answerTags: ReasoningTags | null;
  readonly toolFormat?: ToolFormat | undefined;
}

/** What `ReasoningParser` and `AnswerTags` take off again: of anything else the answer would begin with it. */
const NEWLINES = repeat(text('\n'), 0, 2);
const ANYTHING = repeat({ kind: 'class', ranges: complement([]) }, 0);

/**
 * All that a model may write for a request, its reasoning and the tags around it included; null where it may write anything.
 *
 * @throws AppError `invalid-request` that names what in the format or the tools cannot be used.
 */
export function answerGrammar(request: GenerationRequest, context: AnswerGrammarContext): Grammar | null {
  const { format, toolUse } = request;
  if (!format && !toolUse) return null;
  if (request.prefix)
    throw new AppError(
      'invalid-request',
      'An answer of a given form cannot be continued, only written anew.',
    );
  const rules = new Map<string, Expression>();
  const add = (grammar: Grammar): Expression => {
    for (const [name, body] of grammar.rules) rules.set(name, body);
    return grammar.root;
  };
  const formatted = format ? add(formatGrammar(format)) : null;
  const answer = toolUse ? withTools(toolUse, formatted, context, add) : formatted;
  if (!answer) return null;
  return { root: withTags(answer, request.enableThinking, context), rules };
}

function formatGrammar(format: AnswerFormat): Grammar {
  const alone = (root: Expression): Grammar => ({ root, rules: new Map() });
  switch (format.type) {
    case 'json-object':
      return ANY_OBJECT;
    case 'json-schema':
      return named(format.name, () => schemaGrammar(format.schema));
    case 'regex':
      return named(format.name, () => alone(regexExpression(format.pattern, true)));
    case 'choice':
      return alone(choice(...format.choices.map(text)));
    case 'grammar':
      return named(format.name, () => parseGbnf(format.grammar));
  }
}

function withTools(
  use: ToolUse,
  formatted: Expression | null,
  { toolFormat, tokenizer }: AnswerGrammarContext,
  add: (grammar: Grammar) => Expression,
): Expression | null {
  if (!toolFormat) throw noTools();
  const find = (value: string) => tokenizer.special(value);
  const parameters = new Map(use.tools.map((tool, i) => [tool, add(parametersOf(tool, i, use))]));
  const parametersExpression = (tool: ToolDefinition) => parameters.get(tool) as Expression;
  const calls = () => callsExpression(toolFormat, use, find, parametersExpression);
  if (use.choice !== 'auto') return calls();
  if (formatted) return choice(calls(), formatted);
  return freeExpression(toolFormat, use, find, parametersExpression);
}

export function noTools(): AppError {
  const message =
    "The model's chat template knows no tools. Choose another model, or set tool_choice to none.";
  return new AppError('invalid-request', message, { param: 'tools' });
}

function parametersOf({ parameters, strict }: ToolDefinition, index: number, { name }: ToolUse): Grammar {
  const schema = parameters ?? { type: 'object', properties: {} };
  const at = name === undefined ? undefined : `${name}[${index}].function.parameters`;
  try {
    return named(at, () => schemaGrammar(schema, `tool.${index}`));
  } catch (error) {
    // Tools come from anywhere, with schemas that nobody here wrote.
    if (strict || !(error instanceof AppError)) throw error;
    return ANY_OBJECT;
  }
}

/** Errors in what has a name say it. */
function named<T>(name: string | undefined, make: () => T): T {
  try {
    return shallow(make);
  } catch (error) {
    if (name === undefined || !(error instanceof AppError)) throw error;
    const place = error.details?.place;
    const param = place ? `${name}${String(place).startsWith('[') ? '' : '.'}${place}` : name;
    throw new AppError(error.code, `Invalid '${param}': ${error.details?.what ?? error.message}`, { param });
  }
}

/** What a thinking model writes first stays free: it opens its reasoning, ends it, and only then the answer begins. */
function withTags(answer: Expression, thinking: boolean, context: AnswerGrammarContext): Expression {
  const { tags, answerTags, tokenizer } = context;
  const find = (value: string) => tokenizer.special(value);
  const reasons = thinking && tags !== null;
  // The space that such a vocabulary puts before every text is taken off again.
  const parts: Expression[] = tokenizer.spaceFirst ? [optional(text(' '))] : [];
  if (reasons) {
    const isToken = find(tags.open) !== undefined;
    parts.push(
      isToken
        ? sequence(mark(tags.open, find), ANYTHING, mark(tags.close, find), NEWLINES)
        : sequence(text(tags.open), until(tags.close), NEWLINES),
    );
  }
  // Without reasoning the prompt has opened the answer already.
  if (answerTags && reasons) parts.push(mark(answerTags.open, find), NEWLINES);
  parts.push(answer);
  if (answerTags) parts.push(optional(sequence(NEWLINES, mark(answerTags.close, find))));
  return sequence(...parts);
}
