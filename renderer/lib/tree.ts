import type { Message } from '../../electron/contract/conversations';

/** A conversation's messages by id and each one's children, oldest first. Replaced, never changed. */
export interface MessageTree {
  readonly byId: Readonly<Record<string, Message>>;
  /** Children of a message; those of the root lie under `ROOT`. */
  readonly children: Readonly<Record<string, readonly string[]>>;
}

const ROOT = '';

export const emptyTree: MessageTree = { byId: {}, children: {} };

export function buildTree(messages: readonly Message[]): MessageTree {
  const byId: Record<string, Message> = {};
  const children: Record<string, string[]> = {};
  for (const message of messages) {
    byId[message.id] = message;
    const siblings = children[message.parentId ?? ROOT];
    if (siblings) siblings.push(message.id);
    else children[message.parentId ?? ROOT] = [message.id];
  }
  return { byId, children };
}

/** Adds new messages and replaces known ones. */
export function putMessages(tree: MessageTree, messages: readonly Message[]): MessageTree {
  const byId = { ...tree.byId };
  let children = tree.children;
  for (const message of messages) {
    if (!byId[message.id]) {
      const parent = message.parentId ?? ROOT;
      children = { ...children, [parent]: [...(children[parent] ?? []), message.id] };
    }
    byId[message.id] = message;
  }
  return { byId, children };
}

/** The branch that ends in `leafId`, first message first. */
export function pathTo(tree: MessageTree, leafId: string | null): string[] {
  const path: string[] = [];
  for (let id = leafId; id !== null; ) {
    const message: Message | undefined = tree.byId[id];
    if (!message) break;
    path.push(id);
    id = message.parentId;
  }
  return path.reverse();
}

export function siblingsOf(tree: MessageTree, id: string): readonly string[] {
  const message = tree.byId[id];
  return message ? (tree.children[message.parentId ?? ROOT] ?? []) : [];
}
