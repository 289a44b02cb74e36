import type { ToolDefinition, ToolUse } from '../../contract/structured';
import {
  chars,
  choice,
  type Expression,
  optional,
  repeat,
  sequence,
  text,
  token,
  until,
  without,
} from '../grammar/expression';
import { literal } from '../grammar/json-text';
import type { ToolFormat } from './format';

/** Id of the special token of that text; undefined where it is no token. */
export type FindToken = (text: string) => number | undefined;

const LAYOUT = repeat(chars('\n', ' '), 0, 2);
const SPACE = optional(text(' '));

/**
 * The calls that an answer may make, from the first mark to the last.
 *
 * @param parametersOf the JSON objects that a tool takes.
 */
export function callsExpression(
  format: ToolFormat,
  use: ToolUse,
  find: FindToken,
  parametersOf: (tool: ToolDefinition) => Expression,
): Expression {
  return sequence(mark(format.open, find), afterOpen(format, use, find, parametersOf));
}

/** Text, and at its end calls or none; null where calls have no mark, so that text cannot be told from them. */
export function freeExpression(
  format: ToolFormat,
  use: ToolUse,
  find: FindToken,
  parametersOf: (tool: ToolDefinition) => Expression,
): Expression | null {
  const { open } = format;
  if (open === '') return null;
  const id = find(open);
  const opened = id === undefined ? until(open) : choice(until(open), sequence(without(open), token(id)));
  return choice(without(open), sequence(opened, afterOpen(format, use, find, parametersOf)));
}

function afterOpen(
  format: ToolFormat,
  use: ToolUse,
  find: FindToken,
  parametersOf: (tool: ToolDefinition) => Expression,
): Expression {
  const { open, close, key, between, isList, canRepeat } = format;
  const { choice: wanted } = use;
  const tools = typeof wanted === 'object' ? use.tools.filter(({ name }) => name === wanted.name) : use.tools;
  const call = choice(
    ...tools.map((tool) =>
      key === null
        ? sequence(text(tool.name), mark(between, find), parametersOf(tool))
        : sequence(
            text('{"name":'),
            SPACE,
            literal(tool.name),
            text(','),
            SPACE,
            text(`"${key}":`),
            SPACE,
            parametersOf(tool),
            text('}'),
          ),
    ),
  );
  const repeats = canRepeat && use.parallel && typeof wanted !== 'object';
  if (isList) {
    const more = repeats ? repeat(sequence(text(','), SPACE, call), 0) : text('');
    return sequence(SPACE, text('['), call, more, text(']'));
  }
  const closed = close === '' ? call : sequence(LAYOUT, call, LAYOUT, mark(close, find));
  return repeats ? sequence(closed, repeat(sequence(LAYOUT, mark(open, find), closed), 0)) : closed;
}

/** A mark is a special token where the vocabulary has it as one, and may be spelled too. */
export function mark(value: string, find: FindToken): Expression {
  const id = find(value);
  return id === undefined ? text(value) : choice(token(id), text(value));
}
