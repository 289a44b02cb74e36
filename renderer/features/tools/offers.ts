import { useMemo } from 'react';
import type { PromptInfo, ResourceInfo } from '../../../electron/contract/tools';
import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';
import { useChat } from '../../stores/chat';
import { draftOf, setDraft } from '../../stores/drafts';
import { useOffers } from '../../stores/offers';
import { showError } from '../../stores/toasts';
import { addFiles } from '../attachments/intake';
import { focusComposer } from '../composer/focus';
import { useConversationServers } from './use-tools';

/** Prompts and resources of the servers that the conversation uses. */
export interface Offer<Item> {
  readonly serverId: string;
  readonly server: string;
  readonly item: Item;
}

export interface Offers {
  readonly prompts: readonly Offer<PromptInfo>[];
  readonly resources: readonly Offer<ResourceInfo>[];
}

export function useServerOffers(): Offers {
  const servers = useConversationServers();
  return useMemo(() => {
    const ready = servers.flatMap(({ server, status, used }) =>
      used && status?.state === 'ready' ? [{ serverId: server.id, server: server.name, status }] : [],
    );
    return {
      prompts: ready.flatMap(({ status, ...rest }) =>
        (status.prompts ?? []).map((item) => ({ ...rest, item })),
      ),
      resources: ready.flatMap(({ status, ...rest }) =>
        (status.resources ?? []).map((item) => ({ ...rest, item })),
      ),
    };
  }, [servers]);
}

/** At once, or after its arguments were asked for. */
export function choosePrompt({ serverId, item }: Offer<PromptInfo>): void {
  if (item.arguments.length > 0) useOffers.setState({ filling: { serverId, prompt: item } });
  else void putPrompt(serverId, item.name, {}).catch((error: unknown) => showError(errorInfo(error)));
}

/** Puts a prompt's text into the message, below what is there: it is read, and changed, before it is sent. */
export async function putPrompt(
  serverId: string,
  name: string,
  args: Readonly<Record<string, string>>,
): Promise<void> {
  const text = await bridge().request('tools.prompt', serverId, name, args);
  const { conversationId } = useChat.getState();
  const before = draftOf(conversationId).trimEnd();
  setDraft(conversationId, before === '' ? text : `${before}\n\n${text}`);
  // After the field has the text, so that the caret goes to its end.
  requestAnimationFrame(focusComposer);
}

/** Adds it to the message as a file that was dropped would be. */
export async function addResource({ serverId, item }: Offer<ResourceInfo>): Promise<void> {
  const { conversationId } = useChat.getState();
  try {
    const files = await bridge().request('tools.resource', serverId, item.uri);
    // By now the menu it was chosen from has given the keys back.
    focusComposer();
    const toFile = ({ name, base64 }: (typeof files)[number]) =>
      new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name);
    await addFiles(files.map(toFile), conversationId);
  } catch (error) {
    showError(errorInfo(error));
  }
}
