import {
  type Field,
  integer,
  message,
  readFields,
  readInteger,
  readText,
  text,
  writeFields,
} from './onnx-wire';

/** Graphs and nodes of an ONNX file, as fields of onnx.proto: what is not changed stays as its bytes are. */

export const MODEL = { irVersion: 1, graph: 7, opsets: 8 } as const;
const OPSET = { domain: 1, version: 2 } as const;
export const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
export const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = { name: 1, float: 2, integer: 3, graph: 6, integers: 8, type: 20 } as const;
const ATTRIBUTE_TYPE = { float: 1, integer: 2, integers: 7 } as const;
export const VALUE = { name: 1, type: 2 } as const;
/** `TypeProto`, `TypeProto.Tensor`, `TensorShapeProto` and its dimensions. */
const TYPE = { tensor: 1, element: 1, shape: 2, dimension: 1, size: 1, sizeName: 2 } as const;
export const TENSOR = { dimensions: 1, type: 2, name: 8 } as const;

export const MICROSOFT = 'com.microsoft';

export const find = (fields: readonly Field[], number: number): Field | undefined =>
  fields.find((field) => field.number === number);

/** The texts of a repeated field: names of a node's inputs or outputs, '' for one that is left out. */
export const names = (fields: readonly Field[], number: number): string[] =>
  fields.filter((field) => field.number === number).map(readText);

const textOf = (fields: readonly Field[], number: number): string => {
  const field = find(fields, number);
  return field ? readText(field) : '';
};

/** `com.microsoft.MatMulNBits`; an operator of ONNX's own has no domain before it. */
export function operatorOf(node: readonly Field[]): string {
  const domain = textOf(node, NODE.domain);
  return `${domain}${domain && '.'}${textOf(node, NODE.operator)}`;
}

export const nameOf = (fields: readonly Field[], number: number): string => textOf(fields, number);

const attributesOf = (node: readonly Field[]): Field[][] =>
  node.filter(({ number }) => number === NODE.attribute).map(({ bytes }) => readFields(bytes));

export const attributeOf = (node: readonly Field[], name: string): Field[] | undefined =>
  attributesOf(node).find((fields) => textOf(fields, ATTRIBUTE.name) === name);

export const attributeNames = (node: readonly Field[]): string[] =>
  attributesOf(node).map((fields) => textOf(fields, ATTRIBUTE.name));

/** The graphs inside of an If or a Scan. */
export const bodiesOf = (node: readonly Field[]): Field[][] =>
  attributesOf(node).flatMap((fields) =>
    fields.filter(({ number }) => number === ATTRIBUTE.graph).map(({ bytes }) => readFields(bytes)),
  );

/** An integer attribute. */
export function integerOf(node: readonly Field[], name: string): number | undefined {
  const attribute = attributeOf(node, name);
  if (!attribute) return undefined;
  const value = find(attribute, ATTRIBUTE.integer);
  return value ? readInteger(value) : 0;
}

/** A float attribute. */
export function floatOf(node: readonly Field[], name: string): number | undefined {
  const attribute = attributeOf(node, name);
  if (!attribute) return undefined;
  const value = find(attribute, ATTRIBUTE.float);
  return value ? new DataView(value.bytes.buffer, value.bytes.byteOffset, 4).getFloat32(0, true) : 0;
}

/** An attribute's value: a number is an integer, so floats are wrapped. */
export type AttributeValue = number | readonly number[] | { readonly float: number };

export function writeAttribute(name: string, value: AttributeValue): Field {
  const [fields, type] = attributeFields(value);
  return message(NODE.attribute, [text(ATTRIBUTE.name, name), ...fields, integer(ATTRIBUTE.type, type)]);
}

function attributeFields(value: AttributeValue): [Field[], number] {
  if (typeof value === 'number') return [[integer(ATTRIBUTE.integer, value)], ATTRIBUTE_TYPE.integer];
  if ('float' in value) return [[float(ATTRIBUTE.float, value.float)], ATTRIBUTE_TYPE.float];
  return [value.map((one) => integer(ATTRIBUTE.integers, one)), ATTRIBUTE_TYPE.integers];
}

function float(number: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return { number, wire: 5, bytes };
}

export interface NewNode {
  readonly operator: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly Field[];
}

/** A node of a graph; its name is that of its first output. */
export function writeNode({ operator, domain, inputs, outputs, attributes = [] }: NewNode): Field {
  return message(GRAPH.node, [
    ...inputs.map((name) => text(NODE.input, name)),
    ...outputs.map((name) => text(NODE.output, name)),
    text(NODE.name, outputs[0] ?? ''),
    text(NODE.operator, operator),
    ...attributes,
    ...(domain ? [text(NODE.domain, domain)] : []),
  ]);
}

export const writeOpset = (domain: string, version: number): Field =>
  message(MODEL.opsets, [text(OPSET.domain, domain), integer(OPSET.version, version)]);

/**
 * A file with another graph.
 *
 * @param rewrite given the fields of the graph and giving those that it shall have.
 * @throws RangeError where `model` is no ONNX file.
 */
export function rewriteModel(
  model: Uint8Array,
  rewrite: (graph: readonly Field[]) => readonly Field[],
): Uint8Array {
  return writeFields(
    readFields(model).map((field) =>
      field.number === MODEL.graph ? message(MODEL.graph, rewrite(readFields(field.bytes))) : field,
    ),
  );
}

/** A file that declares operators of a domain, once. */
export function withOpset(model: Uint8Array, domain: string, version: number): Uint8Array {
  const fields = readFields(model);
  const isDeclared = fields.some(
    ({ number, bytes }) => number === MODEL.opsets && nameOf(readFields(bytes), OPSET.domain) === domain,
  );
  return isDeclared ? model : writeFields([...fields, writeOpset(domain, version)]);
}

/** How often each value is read, by nodes, by the bodies inside of them, and as an output of the graph. */
export function countReaders(graph: readonly Field[]): ReadonlyMap<string, number> {
  const readers = new Map<string, number>();
  const count = (name: string) => readers.set(name, (readers.get(name) ?? 0) + 1);
  const countIn = (inner: readonly Field[]) => {
    for (const { number, bytes } of inner) {
      if (number === GRAPH.output) count(nameOf(readFields(bytes), VALUE.name));
      if (number !== GRAPH.node) continue;
      const fields = readFields(bytes);
      names(fields, NODE.input).forEach(count);
      bodiesOf(fields).forEach(countIn);
    }
  };
  countIn(graph);
  return readers;
}

/** A tensor that a graph takes or gives. A size that is free has a name. */
export interface TensorType {
  readonly elementType: number;
  readonly shape: readonly (number | string)[];
}

/** Of an input or output (`ValueInfoProto`); undefined where it is no tensor of known rank. */
export function tensorTypeOf(value: readonly Field[]): TensorType | undefined {
  const type = find(value, VALUE.type);
  const tensor = type && find(readFields(type.bytes), TYPE.tensor);
  const fields = tensor ? readFields(tensor.bytes) : [];
  const [element, shape] = [find(fields, TYPE.element), find(fields, TYPE.shape)];
  if (!element || !shape) return undefined;
  const sizes = readFields(shape.bytes)
    .filter(({ number }) => number === TYPE.dimension)
    .map(({ bytes }) => {
      const dimension = readFields(bytes);
      const size = find(dimension, TYPE.size);
      return size ? readInteger(size) : textOf(dimension, TYPE.sizeName);
    });
  return { elementType: readInteger(element), shape: sizes };
}

/** An input or output of a graph. @param number which of the two, as a field of the graph. */
export function writeTensor(number: number, name: string, { elementType, shape }: TensorType): Field {
  const sizes = shape.map((size) =>
    message(TYPE.dimension, [
      typeof size === 'number' ? integer(TYPE.size, size) : text(TYPE.sizeName, size),
    ]),
  );
  const tensor = [integer(TYPE.element, elementType), message(TYPE.shape, sizes)];
  return message(number, [text(VALUE.name, name), message(VALUE.type, [message(TYPE.tensor, tensor)])]);
}
