import type { GraphNode } from './graph-shapes';

/**
 * The order in which ONNX Runtime runs a graph's nodes (`Graph::ReverseDFSFrom` with `NodeCompare`, graph.cc): from the nodes whose outputs
 * nobody reads, the last of the file first, it goes to what they read, the latest of the file first, and a node runs once all of that has.
 * So the order is not the file's: of two branches that meet, the one that ends later in the file runs whole before the other begins.
 */
export function executionOrder(nodes: readonly GraphNode[]): GraphNode[] {
  const maker = new Map(nodes.flatMap(({ output }, i) => (output ?? []).map((name) => [name, i] as const)));
  const read = new Set(nodes.flatMap(({ input }) => input ?? []));
  const order: GraphNode[] = [];
  const visited = new Set<number>();
  // What is on top comes next; a node is met twice, before what it reads and after.
  const stack = nodes.flatMap(({ output }, index) =>
    (output ?? []).some((name) => read.has(name)) ? [] : [{ index, ready: false }],
  );
  for (let top = stack.pop(); top; top = stack.pop()) {
    const node = nodes[top.index]!;
    if (top.ready) {
      order.push(node);
      continue;
    }
    if (visited.has(top.index)) continue;
    visited.add(top.index);
    stack.push({ index: top.index, ready: true });
    const before = new Set((node.input ?? []).flatMap((name) => maker.get(name) ?? []));
    for (const index of [...before].sort((a, b) => a - b))
      if (!visited.has(index)) stack.push({ index, ready: false });
  }
  return order;
}
