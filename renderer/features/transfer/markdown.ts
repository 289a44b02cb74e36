import i18next from 'i18next';
import type { Message } from '../../../electron/contract/conversations';
import type { CalledTool } from '../../../electron/contract/tools';
import { segments } from '../tools/segments';
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
      for (const { text, calls } of segments(message.text, message.toolCalls ?? [])) {
        if (text || calls.length === 0) parts.push(text);
        parts.push(...calls.map(callToMarkdown));
      }
    }
  }
  return `${parts.join('\n\n')}\n`;
}

/** The call in a line, what it was given and what it returned as code: none of it is Markdown. */
function callToMarkdown(call: CalledTool): string {
  const from = i18next.t('tools.call.from', { tool: call.title, server: call.server });
  const state = i18next.t(`tools.call.${call.state}`);
  const line = `*${`${from} · ${state}`.replace(/([*_[\]\\])/g, '\\$1')}*`;
  const blocks = [call.arguments, call.result?.text ?? ''].filter((text) => text.trim() !== '');
  return [line, ...blocks.map(fenced)].join('\n\n');
}

/** Within a fence longer than any that the text holds. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
