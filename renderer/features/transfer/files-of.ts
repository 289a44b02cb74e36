import type { Attachment } from '../../../electron/contract/conversations';
import type { CalledTool } from '../../../electron/contract/tools';

type Carrier =
  | { readonly role: 'user'; readonly attachments: readonly Attachment[] }
  | { readonly role: 'assistant'; readonly toolCalls?: readonly CalledTool[] | undefined };

/** The files that a message names: what was sent with it, or what tools returned in it. */
export function filesOf(message: Carrier): readonly Attachment[] {
  if (message.role === 'user') return message.attachments;
  return (message.toolCalls ?? []).flatMap(({ result }) => result?.images ?? []);
}
