import { expect, test } from 'vitest';
import { Graph } from '../builder/graph';
import { Arena } from './arena';
import { memoryEvents, peakOf } from './liveness';

/** [S, 256] float16 is S times 512 bytes. */
const ROW = 512;
const half = { attributes: { to: 10 } };

function graph(build: (g: Graph) => void): Uint8Array {
  const g = new Graph('test');
  g.input('x', 'float16', ['S', 256]);
  g.output('y', 'float16', ['S', 256]);
  build(g);
  return g.serialize();
}

const aliveNames = (model: Uint8Array, S: number) =>
  peakOf(memoryEvents(model, { S })).alive.map(([name]) => name);

test('a value lives from the node that makes it to the last that reads it; what is bound is nobody’s', () => {
  const model = graph((g) => {
    g.node('Cast', ['x'], ['a'], { attributes: { to: 1 } });
    g.node('Cast', ['a'], ['b'], half);
    g.node('Transpose', ['b'], ['c'], { attributes: { perm: [1, 0] } });
    g.node('Transpose', ['c'], ['y'], { attributes: { perm: [1, 0] } });
  });
  const { bytes, alive } = peakOf(memoryEvents(model, { S: 100 }));
  // a in float32 beside b; later b beside c, which is less.
  expect(bytes).toBe(100 * (2 * ROW + ROW));
  expect(alive.map(([name]) => name)).toEqual(['a', 'b']);
});

test('an output that nothing reads stays until the end', () => {
  const unread = (reads: boolean) =>
    graph((g) => {
      g.node('Split', ['x'], ['first', 'second'], { attributes: { axis: -1 } });
      g.node('Concat', reads ? ['first', 'second'] : ['first', 'first'], ['both'], {
        attributes: { axis: -1 },
      });
      g.node('Transpose', ['both'], ['turned'], { attributes: { perm: [1, 0] } });
      g.node('Transpose', ['turned'], ['y'], { attributes: { perm: [1, 0] } });
    });
  expect(peakOf(memoryEvents(unread(true), { S: 64 })).bytes).toBe(64 * 2 * ROW);
  expect(aliveNames(unread(false), 64)).toContain('second');
  expect(peakOf(memoryEvents(unread(false), { S: 64 })).bytes).toBe(64 * 2.5 * ROW);
});

test('views and what is written in place take nothing', () => {
  const model = graph((g) => {
    g.node('Transpose', ['x'], ['a'], { attributes: { perm: [1, 0] } });
    g.node('Reshape', ['a', g.constant('flat', 'int64', [1], [-1])], ['b']);
    g.node('Gelu', ['b'], ['c'], { domain: 'com.microsoft' });
    g.node('Reshape', ['c', g.constant('rows', 'int64', [2], [-1, 256])], ['y']);
  });
  expect(memoryEvents(model, { S: 8 })).toEqual([
    { kind: 'take', name: 'a', bytes: 8 * ROW },
    { kind: 'give', name: 'a', bytes: 8 * ROW },
  ]);
});

test('a size that is not given is named', () => {
  const model = graph((g) => g.node('Gelu', ['x'], ['y'], { domain: 'com.microsoft' }));
  expect(() => memoryEvents(model, {})).toThrow('S=…');
});

const take = (name: string, bytes: number) => ({ kind: 'take', name, bytes }) as const;
const give = (name: string) => ({ kind: 'give', name, bytes: 0 }) as const;

test('an arena keeps what it took, and gaps of another size serve no larger value', () => {
  const arena = new Arena();
  arena.run([take('a', 1000), take('b', 1000), give('a'), give('b')]);
  expect(arena.held).toBe(2 * 1024);
  // As large as both, which do not lie in one piece.
  arena.run([take('c', 2048), give('c')]);
  expect(arena.held).toBe(4 * 1024);
  arena.run([take('d', 300), take('e', 300), take('f', 1000), take('g', 700)]);
  expect(arena.held).toBe(4 * 1024);
});

test('in one large piece free neighbours are joined', () => {
  const arena = new Arena((bytes, held) => (held === 0 ? 4096 : bytes));
  arena.run([take('a', 1024), take('b', 1024), take('c', 1024), give('a'), give('c'), give('b')]);
  arena.run([take('d', 4096)]);
  expect(arena.held).toBe(4096);
});
