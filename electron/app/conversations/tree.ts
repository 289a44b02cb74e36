/** What a message must say of itself to find its way through the tree. */
export interface Node {
  readonly id: string;
  readonly parentId: string | null;
  readonly selectedChildId: string | null;
}

/** From the first message to `leafId`; empty where it is not in the tree. */
export function pathTo<T extends Pick<Node, 'id' | 'parentId'>>(
  nodes: readonly T[],
  leafId: string | null,
): readonly T[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const path: T[] = [];
  for (let id = leafId; id !== null; ) {
    const node = byId.get(id);
    // A damaged tree must not turn into an endless walk.
    if (!node || path.length > nodes.length) return [];
    path.push(node);
    id = node.parentId;
  }
  return path.reverse();
}

/** Down from `id` along the children last in view, else the newest. `nodes` are oldest first. */
export function leafBelow(nodes: readonly Node[], id: string): string {
  const newestChild = new Map<string, string>();
  const byId = new Map<string, Node>();
  for (const node of nodes) {
    byId.set(node.id, node);
    if (node.parentId !== null) newestChild.set(node.parentId, node.id);
  }
  let leaf = id;
  for (let steps = 0; steps < nodes.length; steps++) {
    const selected = byId.get(leaf)?.selectedChildId ?? null;
    const child = selected !== null && byId.has(selected) ? selected : newestChild.get(leaf);
    if (child === undefined) break;
    leaf = child;
  }
  return leaf;
}

/** A message and all that follow it, in the order of `nodes` (oldest first). */
export function subtree(nodes: readonly Pick<Node, 'id' | 'parentId'>[], id: string): readonly string[] {
  const found = new Set<string>();
  for (const node of nodes) {
    if (node.id === id || (node.parentId !== null && found.has(node.parentId))) found.add(node.id);
  }
  return [...found];
}
