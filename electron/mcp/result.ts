import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import {
  MAX_RESULT_CHARACTERS,
  MAX_RESULT_IMAGES,
  type ReturnedImage,
  type ToolResult,
} from '../contract/tools';
import { plainText } from './plain-text';

type Content = CallToolResult['content'][number];

/** What a tool returned: its text, in which pictures and files are named and links are words, and the pictures. Nothing is fetched. */
export interface Returned {
  readonly result: ToolResult;
  readonly images: readonly ReturnedImage[];
}

export function toResult({ content, structuredContent, isError }: CallToolResult): Returned {
  const images = content.flatMap(imageIn).slice(0, MAX_RESULT_IMAGES);
  const shown = new Set(images.map(({ base64 }) => base64));
  const texts = content.map((part) => textOf(part, shown));
  const whole =
    texts.length === 0 && structuredContent !== undefined
      ? JSON.stringify(structuredContent, null, 2)
      : texts.join('\n\n');
  return { result: { ...bounded(whole), isError: isError === true }, images };
}

/** An error of the protocol ("unknown tool", "invalid params"): the model may put right what it asked. */
export function toErrorResult(message: string): Returned {
  return { result: { ...bounded(message), isError: true }, images: [] };
}

function bounded(whole: string): Pick<ToolResult, 'text' | 'length'> {
  // Cleaning shortens: somewhat more than is kept is cleaned, not all of it.
  const text = plainText(whole.slice(0, 2 * MAX_RESULT_CHARACTERS));
  if (text.length <= MAX_RESULT_CHARACTERS && whole.length <= 2 * MAX_RESULT_CHARACTERS)
    return { text, length: text.length };
  return { text: plainText(text.slice(0, MAX_RESULT_CHARACTERS)), length: whole.length };
}

function imageIn(part: Content): readonly ReturnedImage[] {
  if (part.type === 'image') return [{ name: nameOf(part.mimeType), base64: part.data }];
  if (part.type !== 'resource' || !('blob' in part.resource)) return [];
  const { blob, mimeType = '', uri } = part.resource;
  return mimeType.startsWith('image/')
    ? [{ name: uri.split(/[/\\]/).at(-1) || nameOf(mimeType), base64: blob }]
    : [];
}

/** `image/svg+xml` is `image.svg`. */
const nameOf = (mimeType: string): string => `image.${/^image\/(\w+)/.exec(mimeType)?.[1] ?? 'png'}`;

/** `shown`: pictures that the user sees. */
function textOf(part: Content, shown: ReadonlySet<string>): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image':
    case 'audio':
      return fileText(part.mimeType, part.data, shown);
    case 'resource_link':
      return `[${part.title ?? part.name}: ${part.uri}]`;
    case 'resource':
      return 'text' in part.resource
        ? `[${part.resource.uri}]\n${part.resource.text}`
        : fileText(part.resource.uri, part.resource.blob, shown);
  }
}

const fileText = (what: string, base64: string, shown: ReadonlySet<string>): string =>
  `[${what}, ${kilobytes(base64)} KB: ${shown.has(base64) ? 'the user sees it' : 'not shown'}]`;

const kilobytes = (base64: string): number => Math.max(1, Math.round((base64.length * 3) / 4 / 1024));
