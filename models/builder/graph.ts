import type { onnx as Onnx } from 'onnx-proto';
import { onnx } from './onnx-proto';
import type { ElementType, Stored } from './weights';

export type TensorType = ElementType | 'int32' | 'int64';

/** TensorProto.DataType of onnx.proto. */
export const DATA_TYPE: Readonly<Record<TensorType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  float16: 10,
};
/** AttributeProto.AttributeType of onnx.proto. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, graph: 5, ints: 7 } as const;

/** A number is an int attribute; wrap floats so that 1 and 1.0 stay apart. A graph is the body of a Scan; it sees the names outside. */
export type Attribute = number | readonly number[] | { readonly float: number } | Graph;

export interface NodeOptions {
  readonly domain?: 'com.microsoft';
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

const OPSET = 17;
/** IR version of ONNX 1.10 to 1.14, all that opset 17 needs. */
const IR_VERSION = 8;
export const WEIGHTS_FILE = 'weights.data';

/** Builds one ONNX file: nodes in order, initializers inline (small constants) or in `weights.data`. */
export class Graph {
  private readonly nodes: Onnx.INodeProto[] = [];
  private readonly initializers = new Map<string, Onnx.ITensorProto>();
  private readonly inputs: Onnx.IValueInfoProto[] = [];
  private readonly outputs: Onnx.IValueInfoProto[] = [];
  private readonly casts = new Set<string>();
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** A string in the shape names a dimension known only at run time. */
  input(name: string, type: TensorType, shape: readonly (number | string)[]): string {
    this.inputs.push(valueInfo(name, type, shape));
    return name;
  }

  output(name: string, type: TensorType, shape: readonly (number | string)[]): void {
    this.outputs.push(valueInfo(name, type, shape));
  }

  /** Adds a node and returns its outputs' names; '' leaves out an optional input or output. */
  node(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    options: NodeOptions = {},
  ): void {
    this.nodes.push({
      opType: operator,
      name: outputs.find((output) => output !== '') ?? operator,
      domain: options.domain ?? '',
      input: [...inputs],
      output: [...outputs],
      attribute: Object.entries(options.attributes ?? {}).map(([name, value]) => attribute(name, value)),
    });
  }

  /** A small constant kept inside the .onnx file; a scalar has shape []. */
  constant(
    name: string,
    type: 'int32' | 'int64' | 'float32',
    shape: readonly number[],
    values: readonly number[],
  ): string {
    if (!this.initializers.has(name)) {
      const data =
        type === 'int64'
          ? BigInt64Array.from(values.map(BigInt))
          : type === 'int32'
            ? Int32Array.from(values)
            : Float32Array.from(values);
      this.initializers.set(name, {
        name,
        dataType: DATA_TYPE[type],
        dims: [...shape],
        rawData: new Uint8Array(data.buffer),
      });
    }
    return name;
  }

  /** A tensor of `weights.data`. */
  weight(name: string, stored: Stored): string {
    this.initializers.set(name, {
      name,
      dataType: DATA_TYPE[stored.type],
      dims: [...stored.shape],
      dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
      externalData: [
        { key: 'location', value: WEIGHTS_FILE },
        { key: 'offset', value: String(stored.offset) },
        { key: 'length', value: String(stored.bytes) },
      ],
    });
    return name;
  }

  /** A tensor of `weights.data` in the wanted type: ONNX Runtime folds the cast when it loads the graph. */
  weightAs(name: string, stored: Stored, type: 'float32' | 'float16'): string {
    if (stored.type === type) return this.weight(name, stored);
    const key = `${name}.${type}`;
    if (!this.casts.has(key)) {
      this.weight(name, stored);
      this.node('Cast', [name], [key], { attributes: { to: DATA_TYPE[type] } });
      this.casts.add(key);
    }
    return key;
  }

  serialize(): Uint8Array {
    const model = onnx.ModelProto.create({
      irVersion: IR_VERSION,
      producerName: 'autoglm-desktop',
      opsetImport: [
        { domain: '', version: OPSET },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: this.proto(),
    });
    return onnx.ModelProto.encode(model).finish();
  }

  proto(): Onnx.IGraphProto {
    return {
      name: this.name,
      node: this.nodes,
      initializer: [...this.initializers.values()],
      input: this.inputs,
      output: this.outputs,
    };
  }
}

function attribute(name: string, value: Attribute): Onnx.IAttributeProto {
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPE.int, i: value };
  if (value instanceof Graph) return { name, type: ATTRIBUTE_TYPE.graph, g: value.proto() };
  if ('float' in value) return { name, type: ATTRIBUTE_TYPE.float, f: value.float };
  return { name, type: ATTRIBUTE_TYPE.ints, ints: [...value] };
}

function valueInfo(
  name: string,
  type: TensorType,
  shape: readonly (number | string)[],
): Onnx.IValueInfoProto {
  const dim = shape.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d }));
  return { name, type: { tensorType: { elemType: DATA_TYPE[type], shape: { dim } } } };
}
