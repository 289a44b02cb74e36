import { useMemo } from 'react';
import type { ToolServer } from '../../../electron/contract/tool-servers';
import type { ToolServerStatus } from '../../../electron/contract/tools';
import { useChat } from '../../stores/chat';
import { useEngine } from '../../stores/engine';
import { useConversationModel } from '../../stores/model-choice';
import { useSettings } from '../../stores/settings';
import { useTools } from '../../stores/tools';

export interface ConversationServer {
  readonly server: ToolServer;
  readonly status: ToolServerStatus | undefined;
  /** Whether the conversation in view uses it. */
  readonly used: boolean;
  /** Of those that it has now and the user has not hidden. */
  readonly count: number;
}

/** The servers that are switched on, as the conversation in view has them. */
export function useConversationServers(): readonly ConversationServer[] {
  const servers = useSettings((settings) => settings.toolServers);
  const statuses = useTools((state) => state.statuses);
  const chosen = useChat((state) => state.options.tools);
  return useMemo(
    () =>
      servers
        .filter(({ enabled }) => enabled)
        .map((server) => {
          const status = statuses.find(({ id }) => id === server.id);
          const tools = status?.state === 'ready' ? status.tools : [];
          return {
            server,
            status,
            used: chosen === undefined || chosen.includes(server.id),
            count: tools.filter(({ name }) => !server.hidden.includes(name)).length,
          };
        }),
    [servers, statuses, chosen],
  );
}

/** Whether the conversation's model can call tools; null while it is not loaded, as only then it is known. */
export function useTakesTools(): boolean | null {
  const id = useConversationModel()?.id;
  return useEngine(({ status }) => {
    if (status.state !== 'ready' && status.state !== 'unloaded') return null;
    return status.model.manifest.id === id ? status.model.takesTools === true : null;
  });
}

/** Changes whenever the model would be told of other tools: what it is told takes a part of its context. */
export function useToolsKey(): string {
  const statuses = useTools((state) => state.statuses);
  const servers = useSettings((settings) => settings.toolServers);
  return useMemo(
    () =>
      JSON.stringify([
        statuses.map((status) =>
          status.state === 'ready' ? status.tools.map(({ fingerprint }) => fingerprint) : 0,
        ),
        servers.map(({ enabled, hidden }) => [enabled, hidden]),
      ]),
    [statuses, servers],
  );
}
