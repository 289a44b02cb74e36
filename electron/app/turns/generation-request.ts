import type { Attachment, ConversationOptions, Message } from '../../contract/conversations';
import type { GenerationRequest } from '../../contract/generation';
import type { DraftMessage, DraftPart, RequestDraft } from '../../contract/request-draft';
import type { Settings } from '../../contract/settings';
import { answerMessages } from '../tools/tool-messages';

export interface RequestParts {
  /** The branch up to what is to be answered. */
  readonly path: readonly Message[];
  readonly options: ConversationOptions;
  readonly settings: Settings;
  readonly thinking: boolean;
  readonly prefix?: GenerationRequest['prefix'];
  readonly attachmentPath: (sha256: string) => string;
}

/** What the model is asked, its documents still to be read (document-prompt.ts). Nothing is cut to fit but what the user chose to leave out: a conversation longer than the context is an error the user sees. */
export function toGenerationRequest({
  path,
  options,
  settings,
  thinking,
  prefix,
  attachmentPath,
}: RequestParts): RequestDraft {
  const systemPrompt = options.systemPrompt ?? settings.systemPrompt;
  const system: readonly DraftMessage[] = systemPrompt.trim()
    ? [{ role: 'system', content: [{ type: 'text', text: systemPrompt }] }]
    : [];
  const messages = inContext(path, options)
    // An answer that failed before its first word says nothing.
    .filter((message) => message.role === 'user' || message.text !== '' || message.toolCalls !== undefined)
    .flatMap((message) => toChatMessages(message, attachmentPath));
  return {
    messages: [...system, ...messages],
    sampling: { ...settings.sampling, ...options.sampling },
    enableThinking: thinking,
    ...(prefix && { prefix }),
  };
}

/** The branch from where the user lets the model see it. */
export function inContext(
  path: readonly Message[],
  { contextFrom }: ConversationOptions,
): readonly Message[] {
  return path.slice(
    Math.max(
      0,
      path.findIndex(({ id }) => id === contextFrom),
    ),
  );
}

function toChatMessages(
  message: Message,
  attachmentPath: (sha256: string) => string,
): readonly DraftMessage[] {
  const text: DraftPart = { type: 'text', text: message.text };
  if (message.role === 'assistant') {
    const { messages, rest } = answerMessages(message);
    return rest === ''
      ? messages
      : [...messages, { role: 'assistant', content: [{ type: 'text', text: rest }] }];
  }
  const parts = message.attachments
    .filter(({ transcribed }) => !transcribed)
    .map((attachment) => toPart(attachment, attachmentPath));
  return [{ role: 'user', content: message.text ? [...parts, text] : parts }];
}

function toPart(attachment: Attachment, attachmentPath: (sha256: string) => string): DraftPart {
  const { kind, sha256 } = attachment;
  if (kind === 'document') return { type: 'document', document: attachment };
  return { type: kind, path: attachmentPath(sha256), sha256 };
}
