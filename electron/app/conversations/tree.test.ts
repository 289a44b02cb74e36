import { describe, expect, it } from 'vitest';
import { leafBelow, type Node, pathTo } from './tree';

const node = (id: string, parentId: string | null, selectedChildId: string | null = null): Node => ({
  id,
  parentId,
  selectedChildId,
});

/** q1 → a1 → q2, and beside a1 its second answer a2; b is a second beginning. */
const nodes = [node('q1', null, 'a1'), node('a1', 'q1'), node('q2', 'a1'), node('a2', 'q1'), node('b', null)];

describe('pathTo', () => {
  it('goes from the first message to the leaf', () => {
    expect(pathTo(nodes, 'q2').map(({ id }) => id)).toEqual(['q1', 'a1', 'q2']);
    expect(pathTo(nodes, null)).toEqual([]);
    expect(pathTo(nodes, 'gone')).toEqual([]);
  });

  it('ends on a tree that bites its tail', () => {
    expect(pathTo([node('x', 'y'), node('y', 'x')], 'x')).toEqual([]);
  });
});

describe('leafBelow', () => {
  it('follows the children last in view, else the newest', () => {
    expect(leafBelow(nodes, 'q1')).toBe('q2');
    expect(leafBelow(nodes, 'a2')).toBe('a2');
    expect(leafBelow([node('q', null), node('a', 'q'), node('b', 'q')], 'q')).toBe('b');
    expect(leafBelow([node('q', null, 'gone'), node('a', 'q')], 'q')).toBe('a');
  });

  it('ends on a tree that bites its tail', () => {
    expect(['x', 'y']).toContain(leafBelow([node('x', 'y'), node('y', 'x')], 'x'));
  });
});
