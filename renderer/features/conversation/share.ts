import i18next from 'i18next';
import type { Message } from '../../../electron/contract/conversations';
import { errorInfo } from '../../lib/errors';
import { useChat } from '../../stores/chat';
import { useConversations } from '../../stores/conversations';
import { showError, showToast } from '../../stores/toasts';

/** The branch in view as Markdown; reasoning is folded into a quotation above its answer. */
export function conversationToMarkdown(title: string, messages: readonly Message[]): string {
  const parts = [`# ${title.replace(/\s+/g, ' ')}`];
  for (const message of messages) {
    if (message.role === 'user') parts.push(`**${i18next.t('conversation.you')}**`, message.text);
    else {
      parts.push(`**${i18next.t('conversation.assistant')}**`);
      if (message.reasoning) {
        parts.push(message.reasoning.replace(/^/gm, '> '));
      }
      parts.push(message.text);
    }
  }
  return `${parts.join('\n\n')}\n`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** A page of its own, without scripts. Texts stay as they were written. */
export function conversationToHtml(title: string, messages: readonly Message[]): string {
  const turns = messages.map((message) => {
    const who = i18next.t(message.role === 'user' ? 'conversation.you' : 'conversation.assistant');
    const reasoning =
      message.role === 'assistant' && message.reasoning
        ? `<details><summary>${escapeHtml(i18next.t('reasoning.thought'))}</summary><pre>${escapeHtml(message.reasoning)}</pre></details>`
        : '';
    return `<section class="${message.role}"><h2>${escapeHtml(who)}</h2>${reasoning}<pre>${escapeHtml(message.text)}</pre></section>`;
  });
  return `<!doctype html>
<html lang="${i18next.language}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>body{font:15px/1.6 system-ui,sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
h2{font-size:13px;margin:1.5rem 0 .25rem;opacity:.7}pre{font:inherit;white-space:pre-wrap;margin:0}details pre{opacity:.8}</style>
</head><body><h1>${escapeHtml(title)}</h1>
${turns.join('\n')}
</body></html>
`;
}

function current(): { title: string; messages: readonly Message[] } {
  const { conversationId, path, tree } = useChat.getState();
  const title = useConversations.getState().list?.find(({ id }) => id === conversationId)?.title;
  return {
    title: title || i18next.t('header.untitled'),
    messages: path.flatMap((id) => tree.byId[id] ?? []),
  };
}

export async function copyConversation(): Promise<void> {
  const { title, messages } = current();
  try {
    await navigator.clipboard.writeText(conversationToMarkdown(title, messages));
    showToast(i18next.t('header.conversationCopied'));
  } catch (error) {
    showError(errorInfo(error));
  }
}

export function saveConversation(format: 'md' | 'html' | 'json'): void {
  const { title, messages } = current();
  const { conversationId, options, leafId, tree } = useChat.getState();
  const contents = {
    md: () => conversationToMarkdown(title, messages),
    html: () => conversationToHtml(title, messages),
    // Every branch, so that nothing is lost when it is read again.
    json: () =>
      JSON.stringify(
        {
          format: 'autoglm-conversation',
          version: 1,
          id: conversationId,
          title,
          options,
          leafId,
          messages: Object.values(tree.byId),
        },
        null,
        2,
      ),
  };
  const types = { md: 'text/markdown', html: 'text/html', json: 'application/json' };
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([contents[format]()], { type: `${types[format]};charset=utf-8` }));
  link.download = `${fileName(title)}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A name every file system takes: no separators, no control or direction marks, not too long. */
export function fileName(title: string): string {
  const name = title
    .replace(/[\p{C}<>:"/\\|?*]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80)
    .replace(/[. ]+$/, '');
  return name || 'conversation';
}
