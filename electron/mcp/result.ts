import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { MAX_RESULT_CHARACTERS, type ToolResult } from '../contract/tools';
import { plainText } from './plain-text';

type Content = CallToolResult['content'][number];

/** What a tool returned as text. Pictures and files are named, links are words: nothing is fetched. */
export function toResult({ content, structuredContent, isError }: CallToolResult): ToolResult {
  const texts = content.map(textOf);
  const whole =
    texts.length === 0 && structuredContent !== undefined
      ? JSON.stringify(structuredContent, null, 2)
      : texts.join('\n\n');
  return { ...bounded(whole), isError: isError === true };
}

/** An error of the protocol ("unknown tool", "invalid params"): the model may put right what it asked. */
export function toErrorResult(message: string): ToolResult {
  return { ...bounded(message), isError: true };
}

function bounded(whole: string): Pick<ToolResult, 'text' | 'length'> {
  // Cleaning shortens: somewhat more than is kept is cleaned, not all of it.
  const text = plainText(whole.slice(0, 2 * MAX_RESULT_CHARACTERS));
  if (text.length <= MAX_RESULT_CHARACTERS && whole.length <= 2 * MAX_RESULT_CHARACTERS)
    return { text, length: text.length };
  return { text: plainText(text.slice(0, MAX_RESULT_CHARACTERS)), length: whole.length };
}

function textOf(part: Content): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image':
    case 'audio':
      return `[${part.mimeType}, ${kilobytes(part.data)} KB: not shown]`;
    case 'resource_link':
      return `[${part.title ?? part.name}: ${part.uri}]`;
    case 'resource':
      return 'text' in part.resource
        ? `[${part.resource.uri}]\n${part.resource.text}`
        : `[${part.resource.uri}, ${kilobytes(part.resource.blob)} KB: not shown]`;
  }
}

const kilobytes = (base64: string): number => Math.max(1, Math.round((base64.length * 3) / 4 / 1024));
