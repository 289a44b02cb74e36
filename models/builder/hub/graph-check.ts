import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ModelError } from '../errors';
import { onnx } from '../onnx-proto';

/** What a text decoder is given (families/decoder/import.ts asks ONNX Runtime itself, once all is there). */
const KNOWN = /^(input_ids|attention_mask|position_ids|past.*)$/;

/** A graph that holds its weights itself is not read into memory for this. */
const MAX_GRAPH_BYTES = 64 << 20;

/**
 * A look at a graph whose weights have not come yet: gigabytes that could not be run need not be fetched.
 *
 * @throws ModelError naming an input that a text decoder does not have.
 */
export function checkGraph(file: string): void {
  if (statSync(file).size > MAX_GRAPH_BYTES) return;
  const name = path.basename(file);
  let inputs: readonly string[];
  try {
    const { graph } = onnx.ModelProto.decode(readFileSync(file));
    const constants = new Set((graph?.initializer ?? []).map((tensor) => tensor.name));
    inputs = (graph?.input ?? []).map((input) => input.name ?? '').filter((input) => !constants.has(input));
  } catch {
    throw new ModelError(`${name} is no ONNX graph. Choose another model.`, {
      kind: 'onnx-graph',
      file: name,
    });
  }
  const unknown = inputs.find((input) => !KNOWN.test(input));
  if (unknown !== undefined) {
    throw new ModelError(`${name} wants ${unknown}, which a text decoder does not have.`, {
      kind: 'onnx-graph',
      file: name,
    });
  }
}
