import type { Attribute, Graph } from '../../../graph';

/** Nodes in few words: each returns the name of what it gives. */

/** Adds a node with one output. */
type Add = (operator: string, inputs: readonly string[], output: string, attributes?: Attributes) => string;
type Attributes = Readonly<Record<string, Attribute>>;

export function adder(graph: Graph): Add {
  return (operator, inputs, output, attributes) => {
    const domain = CONTRIB.has(operator) ? ({ domain: 'com.microsoft' } as const) : {};
    graph.node(operator, inputs, [output], { ...domain, attributes });
    return output;
  };
}

const CONTRIB = new Set(['MultiHeadAttention', 'FusedMatMul']);

/** int64 constants named by their values, and by their graph: a Scan's body must not hide what is outside. */
export function ints(graph: Graph): (...values: number[]) => string {
  return (...values) =>
    graph.constant(`${graph.name}.int_${values.join('_')}`, 'int64', [values.length], values);
}

/** A constant int64 scalar. */
export const scalar = (graph: Graph, value: number): string =>
  graph.constant(`${graph.name}.scalar_${value}`, 'int64', [], [value]);

/** [1] as a scalar, for Range. */
export const asScalar = (c: { readonly graph: Graph }, x: string): string =>
  adder(c.graph)('Squeeze', [x], `${x}.scalar`);
