import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ContentPart, GenerationRequest } from '../../../electron/contract/generation';
import { ModelError } from '../errors';

const LineSchema = z
  .object({
    /** Absent: the clip is written down, and `answer` is its transcript. */
    messages: z
      .array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }))
      .min(1)
      .optional(),
    /** Files beside the set that belong to the last message. */
    images: z.array(z.string()).optional(),
    audio: z.array(z.string()).optional(),
    /** Absent: answered without thinking. */
    reasoning: z.string().optional(),
    answer: z.string().min(1),
  })
  .refine(({ messages, audio }) => messages || audio?.length, {
    path: ['messages'],
    message: 'a line without a clip needs them',
  });

export interface CalibrationLine {
  /** `file:line`, for messages. */
  readonly where: string;
  /** The conversation with its whole answer as what has been written. */
  readonly request: GenerationRequest;
  /** The clip of the last message is to be written down: there is no question. */
  readonly transcript: boolean;
  /** Its pictures and clips. */
  readonly files: readonly string[];
}

/**
 * Reads a calibration set: JSON lines of `{"messages": [{"role", "content"}, …], "images"?: […], "audio"?: […], "reasoning"?: "…",
 * "answer": "…"}`; of a clip to be written down without `messages`.
 *
 * @throws ModelError when the file is missing, empty or malformed, or one that it names is missing, naming the line.
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
    lines.push(parse(text, path.dirname(file), `${file}:${i + 1}`));
  }
  if (lines.length === 0) {
    throw new ModelError(`The calibration set ${file} is empty: AWQ needs at least one conversation.`);
  }
  return lines;
}

function parse(text: string, folder: string, where: string): CalibrationLine {
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
  const { messages = [{ role: 'user' as const, content: '' }], reasoning, answer } = parsed.data;
  const media = (['image', 'audio'] as const).flatMap((type) =>
    (parsed.data[type === 'image' ? 'images' : 'audio'] ?? []).map((name): Medium => {
      const file = path.join(folder, name);
      if (!existsSync(file)) throw new ModelError(`${where}: there is no file ${name} beside the set.`);
      return { type, path: file, sha256: file };
    }),
  );
  const last = messages.length - 1;
  const request: GenerationRequest = {
    messages: messages.map(({ role, content }, i) => ({
      role,
      content: [...(i === last ? media : []), { type: 'text', text: content }],
    })),
    sampling: {},
    enableThinking: reasoning !== undefined,
    prefix: { reasoning: reasoning ?? '', answer },
  };
  const files = media.map((medium) => medium.path);
  return { where, request, transcript: parsed.data.messages === undefined, files };
}

type Medium = Exclude<ContentPart, { readonly type: 'text' }>;

/** @throws ModelError when an id is none of the model's. */
export function checkIds(ids: readonly number[], vocabulary: number, where: string): void {
  const wrong = ids.find((id) => id >= vocabulary);
  if (wrong === undefined) return;
  throw new ModelError(
    `${where} has the token ${wrong}, outside the vocabulary of ${vocabulary}: tokenizer.json is not this checkpoint's.`,
  );
}
