import i18next from 'i18next';
import type { Message } from '../../../electron/contract/conversations';
import { attachmentLabel } from './attachment-label';

/** One branch as Markdown; reasoning is a quotation above its answer, attachments are named. */
export function conversationToMarkdown(title: string, messages: readonly Message[]): string {
  const parts = [`# ${title.replace(/\s+/g, ' ')}`];
  for (const message of messages) {
    if (message.role === 'user') {
      parts.push(`**${i18next.t('conversation.you')}**`);
      for (const attachment of message.attachments)
        parts.push(`*${attachmentLabel(attachment).replace(/([*_[\]\\])/g, '\\$1')}*`);
      if (message.text) parts.push(message.text);
    } else {
      parts.push(`**${i18next.t('conversation.assistant')}**`);
      if (message.reasoning) parts.push(message.reasoning.replace(/^/gm, '> '));
      parts.push(message.text);
    }
  }
  return `${parts.join('\n\n')}\n`;
}
