import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ExpectSchema } from './score';

const LineSchema = z.object({
  id: z.string(),
  task: z.string(),
  lang: z.string(),
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })).min(1),
  expect: ExpectSchema,
});

export type Line = z.infer<typeof LineSchema>;

export const SETS_FOLDER = path.join(import.meta.dirname, 'sets');

/** All lines of all sets, by task in alphabetical order. @throws Error naming file and line of what is malformed. */
export function readSets(folder = SETS_FOLDER): Map<string, Line[]> {
  const sets = new Map<string, Line[]>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.jsonl')) continue;
    const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
    for (const [i, text] of lines.entries()) {
      if (text.trim() === '') continue;
      const line = parse(text, `${file}:${i + 1}`);
      const set = sets.get(line.task);
      if (set) set.push(line);
      else sets.set(line.task, [line]);
    }
  }
  return sets;
}

function parse(text: string, where: string): Line {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`);
  }
  const parsed = LineSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${where}: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** `arithmetic` of `arithmetic.add`: tasks of a group are judged together. */
export const groupOf = (task: string): string => task.split('.')[0] ?? task;

/**
 * The fixed subset: `size` lines of each group, taken evenly from its tasks and evenly from each task's lines. It follows from the
 * sets alone, so everybody who runs it scores the same lines.
 */
export function subsetOf(sets: ReadonlyMap<string, readonly Line[]>, size: number): Set<string> {
  const groups = new Map<string, string[]>();
  for (const task of sets.keys()) groups.set(groupOf(task), [...(groups.get(groupOf(task)) ?? []), task]);
  const ids = new Set<string>();
  for (const tasks of groups.values()) {
    const share = Math.ceil(size / tasks.length);
    for (const task of tasks) {
      const lines = sets.get(task) ?? [];
      const count = Math.min(share, lines.length);
      for (let i = 0; i < count; i++) ids.add(lines[Math.floor((i * lines.length) / count)]!.id);
    }
  }
  return ids;
}
