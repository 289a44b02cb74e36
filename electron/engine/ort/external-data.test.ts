import { expect, test } from 'vitest';
import { sharedInitializers } from './external-data';
import { GRAPH, MODEL, TENSOR, VALUE, writeAttribute, writeNode } from './onnx-graph';
import { type Field, integer, message, text, writeFields } from './onnx-wire';

const MICROSOFT = 'com.microsoft';
const DATA = { entry: 13, location: 14 };
const [FLOAT, UINT8, HALF, INT64] = [1, 2, 10, 7];

interface Place {
  readonly type?: number;
  readonly location?: string;
  readonly offset?: number;
  readonly length?: number;
}

function initializer(name: string, shape: readonly number[], place: Place = {}): Field {
  const { type = UINT8, location = 'weights.data', offset = 0 } = place;
  const entry = (key: string, value: string) => message(DATA.entry, [text(1, key), text(2, value)]);
  const bytes = shape.reduce((a, b) => a * b, 1) * { [FLOAT]: 4, [UINT8]: 1, [HALF]: 2, [INT64]: 8 }[type]!;
  return message(GRAPH.initializer, [
    ...shape.map((size) => integer(TENSOR.dimensions, size)),
    integer(TENSOR.type, type),
    text(TENSOR.name, name),
    entry('location', location),
    entry('offset', String(offset)),
    entry('length', String(place.length ?? bytes)),
    integer(DATA.location, 1),
  ]);
}

const product = (inputs: readonly string[], attributes: readonly Field[] = []) =>
  writeNode({ operator: 'MatMulNBits', domain: MICROSOFT, inputs, outputs: ['y'], attributes });

const modelOf = (...fields: readonly Field[]) => writeFields([message(MODEL.graph, fields)]);
const namesIn = (...fields: readonly Field[]) =>
  sharedInitializers(modelOf(...fields), '/models/a/decoder.onnx').map(({ name }) => name);

const codes = initializer('codes', [512, 8, 32], { offset: 4096 });
const scales = initializer('scales', [512, 128], { type: HALF });
const use = product(['x', 'codes', 'scales']);

test('an initializer’s place, type and shape', () => {
  expect(sharedInitializers(modelOf(use, codes, scales), '/models/a/decoder.onnx')).toEqual([
    {
      name: 'codes',
      type: UINT8,
      shape: [512, 8, 32],
      file: '/models/a/weights.data',
      offset: 4096,
      bytes: 1 << 17,
    },
    {
      name: 'scales',
      type: HALF,
      shape: [512, 128],
      file: '/models/a/weights.data',
      offset: 0,
      bytes: 1 << 17,
    },
  ]);
});

test('dimensions may be packed', () => {
  const [graph] = [
    message(GRAPH.initializer, [
      { number: TENSOR.dimensions, wire: 2, bytes: Uint8Array.of(0x80, 0x04, 0x80, 0x02) },
      integer(TENSOR.type, UINT8),
      text(TENSOR.name, 'codes'),
      message(DATA.entry, [text(1, 'location'), text(2, 'w')]),
      integer(DATA.location, 1),
    ]),
  ];
  expect(sharedInitializers(modelOf(use, graph), '/m/d.onnx')).toMatchObject([
    { shape: [512, 256], bytes: 1 << 17 },
  ]);
});

test('one that something else reads stays the session’s', () => {
  const reads = (operator: string, inputs: readonly string[], domain?: string) =>
    writeNode({ operator, inputs, outputs: ['z'], ...(domain && { domain }) });
  expect(namesIn(use, codes, scales)).toEqual(['codes', 'scales']);
  expect(namesIn(use, codes, scales, reads('Cast', ['scales']))).toEqual(['codes']);
  // As the rows, not as the table.
  expect(namesIn(use, codes, scales, reads('Gather', ['table', 'codes']))).toEqual(['scales']);
  expect(namesIn(use, codes, scales, reads('Gather', ['codes', 'rows']))).toEqual(['codes', 'scales']);
  // ONNX's own MatMul may have its weights transposed in place.
  expect(namesIn(use, codes, scales, reads('MatMul', ['x', 'codes']))).toEqual(['scales']);
  expect(namesIn(use, codes, scales, reads('FusedMatMul', ['x', 'codes'], MICROSOFT))).toHaveLength(2);
  expect(namesIn(use, codes, scales, message(GRAPH.output, [text(VALUE.name, 'codes')]))).toEqual(['scales']);
  expect(namesIn(use, codes, scales, message(GRAPH.input, [text(VALUE.name, 'scales')]))).toEqual(['codes']);
});

test('one that a graph inside of a node reads stays the session’s', () => {
  const inner = message(6, [writeNode({ operator: 'Gather', inputs: ['codes', 'i'], outputs: ['w'] })]);
  const branch = message(5, [text(1, 'then_branch'), inner]);
  const outer = message(6, [
    message(GRAPH.node, [text(4, 'If'), message(5, [text(1, 'then_branch'), inner])]),
  ]);
  const nested = message(5, [text(1, 'else_branch'), outer]);
  for (const attribute of [branch, nested]) {
    const condition = writeNode({ operator: 'If', inputs: ['c'], outputs: ['w'], attributes: [attribute] });
    expect(namesIn(use, codes, scales, condition)).toEqual(['scales']);
  }
});

test('of weights in CUDA’s own order the kernel packs the scales again', () => {
  const prepacked = product(['x', 'codes', 'scales'], [writeAttribute('weight_prepacked', 2)]);
  expect(namesIn(prepacked, codes, scales)).toEqual(['codes']);
  const plain = product(['x', 'codes', 'scales'], [writeAttribute('weight_prepacked', 0)]);
  expect(namesIn(plain, codes, scales)).toEqual(['codes', 'scales']);
});

test.each<[string, Field]>([
  ['small', initializer('codes', [255, 8, 32])],
  ['of another type', initializer('codes', [1 << 16], { type: INT64 })],
  ['of another length than its shape', initializer('codes', [512, 8, 32], { length: 1 << 16 })],
  ['before the file', initializer('codes', [512, 8, 32], { offset: -1 })],
  ['outside of the package', initializer('codes', [512, 8, 32], { location: '../weights.data' })],
  [
    'within the graph',
    message(GRAPH.initializer, [
      integer(TENSOR.dimensions, 1 << 17),
      integer(TENSOR.type, UINT8),
      text(TENSOR.name, 'codes'),
    ]),
  ],
])('one that is %s stays the session’s', (_, field) => {
  expect(namesIn(use, field)).toEqual([]);
});

test('what is no model is refused', () => {
  expect(() => sharedInitializers(Uint8Array.of(0xff, 0xff), '/a')).toThrow(RangeError);
  expect(() => sharedInitializers(new Uint8Array(), '/a')).toThrow(RangeError);
});
