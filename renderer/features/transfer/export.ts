import i18next from 'i18next';
import type { Conversation, Message } from '../../../electron/contract/conversations';
import { TRANSFER_FORMAT, TRANSFER_VERSION } from '../../../electron/contract/transfer-format';
import { bridge } from '../../bridge/bridge';
import { fileUrl } from '../../bridge/files';
import { errorInfo } from '../../lib/errors';
import { buildTree, pathTo } from '../../lib/tree';
import { showError, showToast } from '../../stores/toasts';
import { fileName, saveFile } from './file-name';
import { filesOf } from './files-of';
import type { ExportedBranch } from './html';
import { conversationToMarkdown } from './markdown';

export type ExportFormat = 'md' | 'html' | 'json';

const types = { md: 'text/markdown', html: 'text/html', json: 'application/json' } as const;

/** Asked for at a time: an answer of the app must fit a frame of the socket. */
const BATCH = 20;

/** One file with all of them. The JSON has everything, the others the branch in view. */
export async function exportConversations(ids: readonly string[], format: ExportFormat): Promise<void> {
  try {
    const { title, parts } = format === 'json' ? await toJson(ids) : await toText(ids, format);
    saveFile(`${fileName(title)}.${format}`, parts, types[format]);
    if (ids.length > 1) showToast(i18next.t('library.exported', { count: ids.length }));
  } catch (error) {
    showError(errorInfo(error));
  }
}

interface Written {
  readonly title: string;
  readonly parts: readonly string[];
}

function branchOf({ id, title, createdAt, messages, leafId }: Conversation): ExportedBranch {
  const tree = buildTree(messages);
  const path = pathTo(tree, leafId).flatMap((messageId) => tree.byId[messageId] ?? []);
  return { id, title: title || i18next.t('header.untitled'), createdAt, messages: path };
}

async function toText(ids: readonly string[], format: 'md' | 'html'): Promise<Written> {
  const branches: ExportedBranch[] = [];
  for (const id of ids) branches.push(branchOf(await bridge().request('conversations.get', id)));
  const title = titleOf(branches);
  if (format === 'md') {
    const texts = branches.map((branch) => conversationToMarkdown(branch.title, branch.messages));
    return { title, parts: [texts.join('\n---\n\n')] };
  }
  const { conversationsToHtml } = await import('./html');
  const pictures = new Map<string, string>();
  for (const sha256 of pictureNames(branches.flatMap(({ messages }) => messages))) {
    const bytes = await fetchBytes(fileUrl(sha256, true));
    if (bytes) pictures.set(sha256, `data:${bytes.type};base64,${bytes.base64}`);
  }
  return { title, parts: [conversationsToHtml(branches, pictures)] };
}

async function toJson(ids: readonly string[]): Promise<Written> {
  const header = { format: TRANSFER_FORMAT, version: TRANSFER_VERSION, exportedAt: Date.now() };
  const parts: string[] = [JSON.stringify(header).slice(0, -1), ',"conversations":[\n'];
  const files = new Set<string>();
  const titles: { readonly title: string }[] = [];
  for (let at = 0; at < ids.length; at += BATCH) {
    for (const conversation of await bridge().request('conversations.export', ids.slice(at, at + BATCH))) {
      parts.push(titles.length > 0 ? ',\n' : '', JSON.stringify(conversation));
      titles.push(conversation);
      for (const message of conversation.messages)
        for (const { sha256 } of filesOf(message)) files.add(sha256);
    }
  }
  parts.push('\n],"files":{');
  let first = true;
  for (const sha256 of files) {
    const bytes = await fetchBytes(fileUrl(sha256));
    if (!bytes) continue;
    parts.push(`${first ? '' : ','}\n"${sha256}":"${bytes.base64}"`);
    first = false;
  }
  parts.push('}}\n');
  return { title: titleOf(titles), parts };
}

function titleOf(all: readonly { readonly title: string }[]): string {
  const only = all.length === 1 ? all[0]?.title : undefined;
  if (only !== undefined) return only || i18next.t('header.untitled');
  return `AutoGLM ${new Date().toISOString().slice(0, 10)}`;
}

function pictureNames(messages: readonly Message[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const message of messages)
    for (const { kind, sha256 } of filesOf(message)) if (kind === 'image') names.add(sha256);
  return names;
}

/** Null where the file is gone; the conversation is worth keeping all the same. */
async function fetchBytes(url: string): Promise<{ readonly type: string; readonly base64: string } | null> {
  const answer = await fetch(url);
  if (!answer.ok) return null;
  const blob = await answer.blob();
  const base64 = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return { type: blob.type || 'application/octet-stream', base64 };
}
