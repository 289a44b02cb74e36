import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  ListPromptsResultSchema,
  ListResourcesResultSchema,
  ListToolsResultSchema,
  type Prompt,
  type Resource,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';

interface Lists {
  readonly prompts: Prompt;
  readonly resources: Resource;
  readonly tools: Tool;
}

const PAGES = {
  prompts: ListPromptsResultSchema,
  resources: ListResourcesResultSchema,
  tools: ListToolsResultSchema,
} as const;

/** What a server has of a kind, `most` of it, page by page; nothing where it says that it has none. `limitMs` is for each page. */
export async function listAll<Kind extends keyof Lists>(
  client: Client,
  kind: Kind,
  { most, limitMs }: { readonly most: number; readonly limitMs: number },
): Promise<readonly Lists[Kind][]> {
  if (!client.getServerCapabilities()?.[kind]) return [];
  const items: Lists[Kind][] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const params = cursor === undefined ? {} : { cursor };
    const page = await client.request({ method: `${kind}/list`, params }, PAGES[kind], { timeout: limitMs });
    const found = (page as unknown as Record<Kind, readonly Lists[Kind][]>)[kind];
    items.push(...found.slice(0, most - items.length));
    cursor = page.nextCursor;
    // One that leads back to a page would never end.
    if (cursor !== undefined && seen.has(cursor)) break;
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined && items.length < most);
  return items;
}
