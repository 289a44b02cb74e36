import { createHash } from 'node:crypto';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { ToolInfo } from '../contract/tools';
import { listAll } from './pages';
import { plainText } from './plain-text';

/** Of one server. Nobody has more that any model could choose among. */
const MAX_TOOLS = 500;
const MAX_DESCRIPTION = 4_000;
/** Of a schema as JSON; a larger one would fill a model's context alone. */
const MAX_SCHEMA = 30_000;

/** All pages of a server's tools. */
export async function listTools(client: Client, limitMs: number): Promise<readonly ToolInfo[]> {
  const tools = await listAll(client, 'tools', { most: MAX_TOOLS, limitMs });
  return [...new Map(tools.map((tool) => [tool.name, toInfo(tool)])).values()];
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
