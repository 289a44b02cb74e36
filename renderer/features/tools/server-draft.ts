import type { ToolServer, ToolTransport } from '../../../electron/contract/tool-servers';
import { type Entry, newEntry } from '../../ui/entry-list';

/** A server as its form has it. */
export interface ServerDraft {
  readonly name: string;
  readonly type: ToolTransport['type'];
  readonly command: string;
  /** One a line. */
  readonly args: string;
  readonly env: readonly Entry[];
  readonly url: string;
  readonly headers: readonly Entry[];
}

export type DraftProblem =
  | { readonly field: 'name' | 'command' | 'url' }
  | { readonly field: 'entry'; readonly name: string };

export const emptyDraft: ServerDraft = {
  name: '',
  type: 'stdio',
  command: '',
  args: '',
  env: [],
  url: '',
  headers: [],
};

export function draftOf({ name, transport }: ToolServer): ServerDraft {
  const entries = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).map(([key, value]) => newEntry(key, value));
  return transport.type === 'stdio'
    ? {
        ...emptyDraft,
        name,
        type: 'stdio',
        command: transport.command,
        args: transport.args.join('\n'),
        env: entries(transport.env),
      }
    : { ...emptyDraft, name, type: 'http', url: transport.url, headers: entries(transport.headers) };
}

/** What the app would not take; null where it is complete. */
export function draftProblem({ name, type, command, env, url, headers }: ServerDraft): DraftProblem | null {
  if (name.trim() === '') return { field: 'name' };
  if (type === 'stdio' && command.trim() === '') return { field: 'command' };
  if (type === 'http' && !(URL.canParse(url.trim()) && /^https?:$/.test(new URL(url.trim()).protocol)))
    return { field: 'url' };
  const allowed = type === 'stdio' ? /^[^=\s]{1,200}$/ : /^[\w!#$%&'*+.^`|~-]{1,200}$/;
  const wrong = filled(type === 'stdio' ? env : headers).find((entry) => !allowed.test(entry.name.trim()));
  return wrong ? { field: 'entry', name: wrong.name.trim() } : null;
}

export function transportOf({ type, command, args, env, url, headers }: ServerDraft): ToolTransport {
  const record = (entries: readonly Entry[]) =>
    Object.fromEntries(filled(entries).map(({ name, value }) => [name.trim(), value.trim()]));
  return type === 'stdio'
    ? {
        type,
        command: command.trim(),
        args: args
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
        env: record(env),
      }
    : { type, url: url.trim(), headers: record(headers) };
}

/** A row that was added and left empty means nothing. */
const filled = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter(({ name, value }) => name.trim() !== '' || value !== '');
