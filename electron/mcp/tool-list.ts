import { createHash } from 'node:crypto';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ListToolsResultSchema, type Tool } from '@modelcontextprotocol/sdk/types.js';
import type { ToolInfo } from '../contract/tools';
import { plainText } from './plain-text';

/** Of one server. Nobody has more that any model could choose among. */
const MAX_TOOLS = 500;
const MAX_DESCRIPTION = 4_000;
/** Of a schema as JSON; a larger one would fill a model's context alone. */
const MAX_SCHEMA = 30_000;

/** All pages of a server's tools. */
export async function listTools(client: Client, limitMs: number): Promise<readonly ToolInfo[]> {
  if (!client.getServerCapabilities()?.tools) return [];
  const tools = new Map<string, ToolInfo>();
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const params = cursor === undefined ? {} : { cursor };
    const page = await client.request({ method: 'tools/list', params }, ListToolsResultSchema, {
      timeout: limitMs,
    });
    for (const tool of page.tools) if (tools.size < MAX_TOOLS) tools.set(tool.name, toInfo(tool));
    cursor = page.nextCursor;
    // One that leads back to a page would never end.
    if (cursor !== undefined && seen.has(cursor)) break;
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined && tools.size < MAX_TOOLS);
  return [...tools.values()];
}

function toInfo({ name, title, description = '', inputSchema, annotations }: Tool): ToolInfo {
  const schema = JSON.stringify(inputSchema);
  const readOnly = annotations?.readOnlyHint === true;
  const facts = JSON.stringify([name, title, description, inputSchema, annotations]);
  return {
    name,
    title: plainText(title ?? annotations?.title ?? name).slice(0, 200) || name,
    description: plainText(description).slice(0, MAX_DESCRIPTION),
    ...(schema.length <= MAX_SCHEMA && { parameters: JSON.parse(plainText(schema)) as unknown }),
    readOnly,
    fingerprint: createHash('sha256').update(facts).digest('hex').slice(0, 32),
  };
}
