import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError, type ErrorInfo } from '../../contract/errors';
import { type ToolServer, ToolServerSchema } from '../../contract/tool-servers';
import type { ReadServers } from '../../contract/tools';

/** As Claude Desktop, LM Studio, Cursor and Jan write them; VS Code has `servers` in place of `mcpServers`. */
const DocumentSchema = z.union([
  z.object({ mcpServers: z.record(z.string(), z.unknown()) }),
  z
    .object({ servers: z.record(z.string(), z.unknown()) })
    .transform(({ servers }) => ({ mcpServers: servers })),
]);

const Texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));
const EntrySchema = z.object({
  command: z.string().optional(),
  args: z.array(z.union([z.string(), z.number()]).transform(String)).default([]),
  env: Texts.default({}),
  url: z.string().optional(),
  serverUrl: z.string().optional(),
  headers: Texts.default({}),
});

/**
 * Reads the `mcpServers` of another assistant. What it holds was not typed here, so every server is switched off: nothing runs before
 * the user has looked at it.
 *
 * @throws AppError `invalid-request` where it is no such document
 */
export function readServers(json: string): ReadServers {
  const entries = entriesOf(json);
  const servers: ToolServer[] = [];
  const problems: { readonly name: string; readonly error: ErrorInfo }[] = [];
  for (const [key, value] of Object.entries(entries)) {
    const name = key.trim().slice(0, 100) || 'server';
    const server = toServer(name, value);
    if (server) servers.push(server);
    else {
      const message = `The entry ${name} has neither a command nor an http(s) address that can be used.`;
      const error = new AppError('invalid-request', message, { kind: 'tool-entry-invalid', name });
      problems.push({ name, error: error.toInfo() });
    }
  }
  return { servers, problems };
}

function entriesOf(json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new AppError(
      'invalid-request',
      'This is not valid JSON. Copy the whole document, with its outer braces.',
      {
        kind: 'tool-json',
      },
    );
  }
  const document = DocumentSchema.safeParse(value);
  if (document.success) return document.data.mcpServers;
  // Many readmes show the inside alone.
  const inside = z.record(z.string(), z.looseObject({})).safeParse(value);
  const holds =
    inside.success && Object.values(inside.data).some((entry) => 'command' in entry || 'url' in entry);
  if (inside.success && holds) return inside.data;
  throw new AppError('invalid-request', 'This JSON holds no servers: there is no mcpServers in it.', {
    kind: 'tool-json-empty',
  });
}

function toServer(name: string, value: unknown): ToolServer | null {
  const entry = EntrySchema.safeParse(value);
  if (!entry.success) return null;
  const { command, args, env, headers } = entry.data;
  const url = entry.data.url ?? entry.data.serverUrl;
  const transport = command ? { type: 'stdio', command, args, env } : { type: 'http', url, headers };
  const server = ToolServerSchema.safeParse({ id: randomUUID(), name, enabled: false, transport });
  return server.success ? server.data : null;
}
