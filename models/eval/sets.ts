import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Manifest } from '../../electron/contract/manifest';
import { hearingErrors, readingErrors } from './rates';
import { ExpectSchema, normalise, score } from './score';

const RecordSchema = z.object({
  id: z.string(),
  task: z.string(),
  lang: z.string(),
  messages: z
    .array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }))
    .min(1)
    .optional(),
  expect: ExpectSchema.optional(),
  /** Files beside the set, shown with the last message. */
  images: z.array(z.string()).optional(),
  /** Clips beside the set, heard with the last message. */
  audio: z.array(z.string()).optional(),
  /** Of a question about a picture: `cer` where text is read, else `exact`. */
  metric: z.enum(['exact', 'cer']).optional(),
  /** What is said in the clip. */
  text: z.string().optional(),
  kind: z.string().optional(),
});

type SetRecord = z.infer<typeof RecordSchema>;

export interface Line {
  readonly id: string;
  readonly task: string;
  readonly lang: string;
  /** Absent where the clip is only to be written down. */
  readonly messages?: NonNullable<SetRecord['messages']>;
  /** Absolute paths. */
  readonly images?: readonly string[];
  readonly audio?: readonly string[];
  readonly expect: z.infer<typeof ExpectSchema>;
  /** `exact`, `final`, `contains`, `decline`; for pictures `picture` (exact but for case) and `cer`; for transcripts `wer` and `cer`. */
  readonly metric: string;
}

const SETS_FOLDER = path.join(import.meta.dirname, 'sets');

/** All lines of all sets, folders included, by task in alphabetical order. @throws Error naming file and line of what is malformed. */
export function readSets(folder = SETS_FOLDER): Map<string, Line[]> {
  const sets = new Map<string, Line[]>();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.jsonl'),
  );
  for (const file of files.sort()) {
    const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
    for (const [i, text] of lines.entries()) {
      if (text.trim() === '') continue;
      const record = parse(text, `${file}:${i + 1}`);
      for (const line of toLines(record, path.join(folder, file), `${file}:${i + 1}`)) {
        const set = sets.get(line.task);
        if (set) set.push(line);
        else sets.set(line.task, [line]);
      }
    }
  }
  return new Map([...sets].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function parse(text: string, where: string): SetRecord {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`);
  }
  const parsed = RecordSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${where}: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** What is asked of the model for one record of a set; of a spoken question also the same question typed. */
function toLines(record: SetRecord, file: string, where: string): Line[] {
  const { id, task, lang, messages, expect, metric, text } = record;
  const files = (names: readonly string[] = []) => names.map((name) => path.join(path.dirname(file), name));
  const media = {
    ...(record.images && { images: files(record.images) }),
    ...(record.audio && { audio: files(record.audio) }),
  };
  const lack = (what: string) => new Error(`${where}: ${what}: it is missing`);
  if (record.audio && !messages) {
    if (text === undefined) throw lack('text');
    if (expect) {
      const asked = { lang, expect, metric: expect.kind };
      return [
        { ...asked, ...media, id, task, messages: [{ role: 'user', content: '' }] },
        { ...asked, id: `${id}-typed`, task: `${task}.typed`, messages: [{ role: 'user', content: text }] },
      ];
    }
    // speech-known.jsonl and speech-held.jsonl have one task; who speaks is what makes the difference.
    const voices = path.basename(file, '.jsonl').replace(/^[^-]*-/, '');
    const rate = lang === 'zh' || record.kind?.startsWith('digits') ? 'cer' : 'wer';
    const wanted = { kind: 'exact' as const, values: [text] };
    return [{ id, task: `${task}.${voices}`, lang, ...media, expect: wanted, metric: rate }];
  }
  if (!messages) throw lack('messages');
  if (!expect) throw lack('expect');
  // Characters and answers are not counted together.
  const name = metric === 'cer' ? `${task}.cer` : task;
  const kind = metric === 'exact' ? 'picture' : (metric ?? expect.kind);
  return [{ id, task: name, lang, messages, ...media, expect, metric: kind }];
}

/** What a line's answer scores: `right` of `of` words, characters, or one answer; wrong insertions can cost more than there is. */
export interface Score {
  readonly right: number;
  readonly of: number;
}

/** `answer` is without its reasoning; a transcript where nothing was asked. */
export function scoreLine({ expect, metric, messages }: Line, answer: string): Score {
  const one = (right: boolean): Score => ({ right: right ? 1 : 0, of: 1 });
  if (metric === 'wer' || metric === 'cer') {
    const rates = expect.values.map((value) =>
      messages ? readingErrors(value, answer) : hearingErrors(value, answer, metric),
    );
    const best = rates.reduce((a, b) =>
      b.errors / Math.max(1, b.of) < a.errors / Math.max(1, a.of) ? b : a,
    );
    return { right: best.of - best.errors, of: best.of };
  }
  if (metric === 'picture') {
    const plain = (text: string) => normalise(text).toLowerCase();
    return one(expect.values.some((value) => plain(value) === plain(answer)));
  }
  return one(score(expect, answer));
}

/** Whether a package takes what the line shows and plays. */
export const isTaken = ({ images, audio }: Line, { modalities }: Pick<Manifest, 'modalities'>): boolean =>
  (!images || modalities.includes('image')) && (!audio || modalities.includes('audio'));

/**
 * Tasks of a group are judged together: `arithmetic` of `arithmetic.add`, `image.unseen` of `image.unseen.count`. Rates of characters
 * stay apart, and so do the kinds of speech.
 */
export function groupOf(task: string): string {
  const parts = task.split('.');
  if (parts[0] === 'speech') return task;
  if (parts[0] !== 'image') return parts[0] ?? task;
  return [...parts.slice(0, 2), ...(parts.at(-1) === 'cer' ? ['cer'] : [])].join('.');
}

/** Pictures and speech. */
export const isOfMedia = (task: string): boolean => /^(image|speech)\b/.test(task);

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
