import type { SparseAttention } from './backend';
import { DOMAIN } from './custom-operator';
import {
  attributeNames,
  floatOf,
  GRAPH,
  integerOf,
  MICROSOFT,
  NODE,
  names,
  operatorOf,
  rewriteModel,
  withOpset,
  writeAttribute,
  writeNode,
} from './onnx-graph';
import { type Field, readFields } from './onnx-wire';

/**
 * Puts an operator of ours (domain `autoglm`, version 1) in the place of an encoder's attention of all rows to all:
 *
 * | operator | inputs | outputs | attributes |
 * | --- | --- | --- | --- |
 * | `SparseAttention` | q, k, v, [1, n, C] each, q and k turned | y [1, n, C] | num_heads, scale?, head_size, k, window, block, query_block, share, min_length |
 *
 * It computes what models/README.md section 5 says where n is `min_length` or more, else what stood there. Taken are com.microsoft's
 * MultiHeadAttention of three inputs, without masks, biases or a cache; those inside of an If stay, as a graph that chooses has its own sparse way.
 */

const ATTENTION = `${MICROSOFT}.MultiHeadAttention`;
const ATTRIBUTES = ['num_heads', 'scale'];

/** A model's bytes with the operator in them; the same bytes where it has no such attention. @throws RangeError where `model` is no ONNX file. */
export function withSparseAttention(model: Uint8Array, sparse: SparseAttention): Uint8Array {
  let changed = false;
  const rewritten = rewriteModel(model, (graph) =>
    graph.map((field) => {
      const fields = field.number === GRAPH.node ? readFields(field.bytes) : [];
      if (!isPlainAttention(fields)) return field;
      changed = true;
      return writeSparse(fields, sparse);
    }),
  );
  return changed ? withOpset(rewritten, DOMAIN, 1) : model;
}

function isPlainAttention(node: readonly Field[]): boolean {
  if (operatorOf(node) !== ATTENTION) return false;
  const inputs = names(node, NODE.input);
  const [given, rest] = [inputs.slice(0, 3), inputs.slice(3)];
  return (
    given.length === 3 &&
    given.every((name) => name) &&
    rest.every((name) => !name) &&
    names(node, NODE.output).length === 1 &&
    attributeNames(node).every((name) => ATTRIBUTES.includes(name))
  );
}

function writeSparse(node: readonly Field[], sparse: SparseAttention): Field {
  const scale = floatOf(node, 'scale');
  const attributes = {
    num_heads: integerOf(node, 'num_heads')!,
    ...(scale !== undefined && { scale: { float: scale } }),
    head_size: sparse.headSize,
    k: sparse.k,
    window: sparse.window,
    block: sparse.block,
    query_block: sparse.queryBlock,
    share: sparse.share,
    min_length: sparse.minLength,
  };
  return writeNode({
    operator: 'SparseAttention',
    domain: DOMAIN,
    inputs: names(node, NODE.input).slice(0, 3),
    outputs: names(node, NODE.output),
    attributes: Object.entries(attributes).map(([name, value]) => writeAttribute(name, value)),
  });
}
