import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  GetPromptResultSchema,
  type PromptMessage,
  ReadResourceResultSchema,
} from '@modelcontextprotocol/sdk/types.js';
import {
  MAX_PROMPT_CHARACTERS,
  type PromptInfo,
  type ResourceFile,
  type ResourceInfo,
} from '../contract/tools';
import { listAll } from './pages';
import { plainText } from './plain-text';

/** What servers offer besides tools: the user chooses it, no model does. */

/** Of each kind and server. */
const MOST = 200;
const MAX_DESCRIPTION = 1_000;
/** Of one resource, which may be a folder. */
const MAX_FILES = 8;

const line = (text: string): string => plainText(text).replace(/\s+/g, ' ').trim().slice(0, 200);

export async function listPrompts(client: Client, limitMs: number): Promise<readonly PromptInfo[]> {
  const prompts = await listAll(client, 'prompts', { most: MOST, limitMs });
  return prompts.map(({ name, title, description = '', arguments: given = [] }) => ({
    name,
    title: line(title ?? name) || name,
    description: plainText(description).slice(0, MAX_DESCRIPTION),
    arguments: given.slice(0, 20).map((argument) => ({
      name: argument.name,
      description: plainText(argument.description ?? '').slice(0, MAX_DESCRIPTION),
      required: argument.required === true,
    })),
  }));
}

export async function listResources(client: Client, limitMs: number): Promise<readonly ResourceInfo[]> {
  const resources = await listAll(client, 'resources', { most: MOST, limitMs });
  return resources.map(({ uri, name, title, description = '' }) => ({
    uri,
    title: line(title ?? name) || uri,
    description: plainText(description).slice(0, MAX_DESCRIPTION),
  }));
}

/** The text that stands in the message field then, to be read before it is sent. */
export async function promptText(
  client: Client,
  name: string,
  args: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<string> {
  const { messages } = await client.request(
    { method: 'prompts/get', params: { name, arguments: { ...args } } },
    GetPromptResultSchema,
    { timeout: limitMs },
  );
  const text = messages.map(textOf).filter(Boolean).join('\n\n');
  return plainText(text.slice(0, MAX_PROMPT_CHARACTERS));
}

function textOf({ content }: PromptMessage): string {
  if (content.type === 'text') return content.text;
  if (content.type === 'resource' && 'text' in content.resource) return content.resource.text;
  // Pictures and files are resources, which are added as what they are.
  return '';
}

export async function resourceFiles(
  client: Client,
  uri: string,
  limitMs: number,
): Promise<readonly ResourceFile[]> {
  const { contents } = await client.request(
    { method: 'resources/read', params: { uri } },
    ReadResourceResultSchema,
    { timeout: limitMs },
  );
  return contents.slice(0, MAX_FILES).map((content) => ({
    name: fileName(content.uri, content.mimeType, 'text' in content),
    base64: 'text' in content ? Buffer.from(content.text).toString('base64') : content.blob,
  }));
}

/** With an ending, by which a text's kind is known. */
function fileName(uri: string, mimeType: string | undefined, isText: boolean): string {
  const path = uri.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const last = line(decoded(path.split(/[/\\:]/).at(-1) ?? '')) || 'resource';
  if (!isText || /\.\w{1,8}$/.test(last)) return last;
  return `${last}.${ENDINGS[mimeType?.split(';')[0] ?? ''] ?? 'txt'}`;
}

const ENDINGS: Readonly<Record<string, string>> = {
  'text/markdown': 'md',
  'text/html': 'html',
  'text/csv': 'csv',
  'application/json': 'json',
};

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
