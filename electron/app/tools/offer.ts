import type { ConversationOptions } from '../../contract/conversations';
import type { Settings } from '../../contract/settings';
import type { ToolUse } from '../../contract/structured';
import type { ToolServer } from '../../contract/tool-servers';
import type { ToolInfo, ToolServerStatus } from '../../contract/tools';

/** A tool as a conversation's model is told of it. */
export interface OfferedTool {
  /** The model's name for it: unlike all others of the offer, and in the characters that templates take. */
  readonly name: string;
  readonly server: ToolServer;
  readonly info: ToolInfo;
}

/** The tools of a conversation: those of its servers that are ready, but for what was hidden. */
export function offeredTools(
  statuses: readonly ToolServerStatus[],
  { toolServers }: Pick<Settings, 'toolServers'>,
  options: ConversationOptions,
): readonly OfferedTool[] {
  const found = statuses.flatMap((status) => {
    const server = toolServers.find(({ id }) => id === status.id);
    if (status.state !== 'ready' || !server || !usesServer(options, server.id)) return [];
    const hidden = new Set(server.hidden);
    return status.tools.filter(({ name }) => !hidden.has(name)).map((info) => ({ server, info }));
  });
  const taken = new Set<string>();
  const often = new Map<string, number>();
  for (const { info } of found) often.set(plain(info.name), (often.get(plain(info.name)) ?? 0) + 1);
  return found.map(({ server, info }) => {
    const own = plain(info.name);
    const wanted = own !== '' && often.get(own) === 1 ? own : plain(`${plain(server.name)}_${own}`) || 'tool';
    const name = unlike(taken, wanted);
    taken.add(name);
    return { name, server, info };
  });
}

/** A conversation that chose none has those of every server. */
function usesServer({ tools }: ConversationOptions, id: string): boolean {
  return tools === undefined || tools.includes(id);
}

export function toToolUse(tools: readonly OfferedTool[]): ToolUse | undefined {
  if (tools.length === 0) return undefined;
  return {
    tools: tools.map(({ name, info: { description, parameters } }) => ({
      name,
      ...(description !== '' && { description }),
      ...(parameters !== undefined && { parameters }),
    })),
    choice: 'auto',
    parallel: true,
  };
}

const MAX_NAME = 64;

const plain = (name: string): string =>
  name
    .replace(/[^\w-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, MAX_NAME);

function unlike(taken: ReadonlySet<string>, name: string): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++) {
    const ending = `_${number}`;
    const other = name.slice(0, MAX_NAME - ending.length) + ending;
    if (!taken.has(other)) return other;
  }
}
