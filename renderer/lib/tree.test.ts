import { describe, expect, it } from 'vitest';
import { assistant, user } from '../bridge/mock-data';
import { buildTree, pathTo, putMessages, siblingsOf } from './tree';

const messages = [
  user('c', 'u1', null, 'a'),
  assistant('c', 'a1', 'u1', 'b'),
  assistant('c', 'a1b', 'u1', 'c'),
  user('c', 'u2', 'a1', 'd'),
  user('c', 'u1b', null, 'e'),
];

describe('message tree', () => {
  const tree = buildTree(messages);

  it('follows a branch from its leaf to the root', () => {
    expect(pathTo(tree, 'u2')).toEqual(['u1', 'a1', 'u2']);
    expect(pathTo(tree, null)).toEqual([]);
    expect(pathTo(tree, 'unknown')).toEqual([]);
  });

  it('knows the versions of a message, the first one’s too', () => {
    expect(siblingsOf(tree, 'a1b')).toEqual(['a1', 'a1b']);
    expect(siblingsOf(tree, 'u1')).toEqual(['u1', 'u1b']);
  });

  it('adds and replaces without changing what was there', () => {
    const changed = putMessages(tree, [assistant('c', 'a2', 'u2', 'f'), assistant('c', 'a1', 'u1', 'B')]);
    expect(pathTo(changed, 'a2')).toEqual(['u1', 'a1', 'u2', 'a2']);
    expect(changed.byId.a1?.text).toBe('B');
    expect(changed.children.u1).toBe(tree.children.u1);
    expect(tree.byId.a2).toBeUndefined();
  });
});
