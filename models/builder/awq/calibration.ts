import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { GenerationRequest } from '../../../electron/contract/generation';
import { ModelError } from '../errors';

const LineSchema = z.object({
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })).min(1),
  /** Absent: answered without thinking. */
  reasoning: z.string().optional(),
  answer: z.string().min(1),
});

export interface CalibrationLine {
  /** `file:line`, for messages. */
  readonly where: string;
  /** The conversation with its whole answer as what has been written. */
  readonly request: GenerationRequest;
}

/**
 * Reads a calibration set: JSON lines of `{"messages": [{"role", "content"}, …], "reasoning"?: "…", "answer": "…"}`.
 *
 * @throws ModelError when the file is missing, empty or malformed, naming the line.
 */
export function readCalibration(file: string): CalibrationLine[] {
  if (!existsSync(file)) {
    throw new ModelError(
      `There is no calibration set at ${file}: AWQ needs sample conversations (models/builder/awq/README.md).`,
    );
  }
  const lines: CalibrationLine[] = [];
  for (const [i, text] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (text.trim() === '') continue;
    lines.push(parse(text, `${file}:${i + 1}`));
  }
  if (lines.length === 0) {
    throw new ModelError(`The calibration set ${file} is empty: AWQ needs at least one conversation.`);
  }
  return lines;
}

function parse(text: string, where: string): CalibrationLine {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${where} is not valid JSON: ${(error as Error).message}`);
  }
  const parsed = LineSchema.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ModelError(`${where}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { messages, reasoning, answer } = parsed.data;
  const request: GenerationRequest = {
    messages: messages.map(({ role, content }) => ({ role, content: [{ type: 'text', text: content }] })),
    sampling: {},
    enableThinking: reasoning !== undefined,
    prefix: { reasoning: reasoning ?? '', answer },
  };
  return { where, request };
}

/** @throws ModelError when an id is none of the model's. */
export function checkIds(ids: readonly number[], vocabulary: number, where: string): void {
  const wrong = ids.find((id) => id >= vocabulary);
  if (wrong === undefined) return;
  throw new ModelError(
    `${where} has the token ${wrong}, outside the vocabulary of ${vocabulary}: tokenizer.json is not this checkpoint's.`,
  );
}
