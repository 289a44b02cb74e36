import { AppError } from '../../contract/errors';
import { type Check, koffi, type Native, type Pointer, type PointerArgument } from './ffi';

/** Eight bytes that native code writes an address, a count or an int64 to. */
export type Slot = BigUint64Array<ArrayBuffer>;

/** Slots with these values, or so many with zeros. */
export function createSlots(values: readonly bigint[] | number): Slot {
  const slots = new BigUint64Array(
    new ArrayBuffer(8 * (typeof values === 'number' ? values : values.length)),
  );
  if (typeof values !== 'number') slots.set(values.map((value) => BigInt.asUintN(64, value)));
  return slots;
}

function floatSlot(value: number): Float32Array {
  const slot = new Float32Array(new ArrayBuffer(4));
  slot[0] = value;
  return slot;
}

/** `OrtOpAttrType` */
const ATTRIBUTE = { integer: 1, float: 3 } as const;

export interface OperatorOfOrt {
  readonly domain: string;
  readonly name: string;
  /** Version of the operator set in which this form of the operator came. */
  readonly version: number;
  /** `ONNXTensorElementDataType` by the name of the type's constraint, `T1`. */
  readonly types: Readonly<Record<string, number>>;
  readonly integers: Readonly<Record<string, number>>;
  readonly floats: Readonly<Record<string, number>>;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * What an operator of our own asks of ORT while a session is made (`OrtKernelInfo`) and runs (`OrtKernelContext`). What runs once a node
 * writes to memory of the caller instead of handing out arrays: a prompt makes some thousand such calls.
 *
 * @param native, check those of `api.ts`.
 */
export function kernelApi(native: Native, check: Check) {
  const fast = <A extends readonly unknown[]>(index: number, args: string) => {
    const raw = native(index, 'void*', args);
    return (...values: A): void => {
      const status = raw(...values) as Pointer | null;
      if (status) check(status);
    };
  };
  const createStatus = native(0, 'void*', 'int, str');
  const attribute = native(211, 'void*', 'str, void*, int, int, OUT');
  const releaseAttribute = native(212, 'void', 'void*');
  const create = native(
    213,
    'void*',
    'void*, str, str, int, const char**, int*, int, void*, int, int, int, OUT',
  );

  const ask = (index: number, as: (slot: Slot) => number) => {
    const raw = native(index, 'void*', 'void*, str, void*');
    const slot = createSlots(1);
    /** Undefined where the node has no such attribute: ORT has no other way of asking than to fail. */
    return (info: Pointer, name: string): number | undefined => {
      try {
        check(raw(info, name, slot) as Pointer | null);
        return as(slot);
      } catch {
        return undefined;
      }
    };
  };
  const count = (index: number) => {
    const raw = fast<[of: Pointer, out: Slot]>(index, 'void*, void*');
    const slot = createSlots(1);
    return (of: Pointer): number => {
      raw(of, slot);
      return Number(slot[0]);
    };
  };

  return {
    /** A status with `ORT_FAIL`. Whoever gets it releases it. */
    failure: (message: string): Pointer => createStatus(1, message) as Pointer,

    integer: ask(86, (slot) => Number(BigInt.asIntN(64, slot[0]!))),
    float: ask(85, (slot) => new Float32Array(slot.buffer)[0]!),
    inputCount: count(230),
    outputCount: count(231),

    /** Writes the `OrtValue`, 0 where the node leaves the input out. */
    input: fast<[context: Pointer, index: number, out: Slot]>(90, 'void*, size_t, void*'),
    /** Allocates the output and writes its `OrtValue`, 0 where the node leaves it out. */
    output: fast<[context: Pointer, index: number, shape: BigInt64Array, rank: number, out: Slot]>(
      91,
      'void*, size_t, void*, size_t, void*',
    ),
    data: fast<[value: Pointer, out: Slot]>(51, 'void*, void*'),
    /** Writes the element type, the address of the dimensions and their number, to a slot each. */
    shape: fast<[value: Pointer, type: Slot, dimensions: Slot, rank: Slot]>(
      414,
      'void*, void*, void*, void*',
    ),
    /** Writes the `CUstream`. */
    stream: fast<[context: Pointer, out: Slot]>(193, 'void*, void*'),

    /** An operator of ORT's own on the provider of the node that `info` describes. @throws AppError where it has none. */
    createOperator(info: Pointer, of: OperatorOfOrt): Pointer {
      const attributes: Pointer[] = [];
      const add = (name: string, value: PointerArgument, type: number) => {
        const out: (Pointer | null)[] = [null];
        check(attribute(name, value, 1, type, out) as Pointer | null);
        attributes.push(out[0] as Pointer);
      };
      try {
        for (const [name, value] of Object.entries(of.integers))
          add(name, createSlots([BigInt(value)]), ATTRIBUTE.integer);
        for (const [name, value] of Object.entries(of.floats)) add(name, floatSlot(value), ATTRIBUTE.float);
        const types = Object.values(of.types);
        const out: (Pointer | null)[] = [null];
        const status = create(
          info,
          of.name,
          of.domain,
          of.version,
          Object.keys(of.types),
          types,
          types.length,
          createSlots(attributes),
          attributes.length,
          of.inputs,
          of.outputs,
          out,
        ) as Pointer | null;
        try {
          check(status);
        } catch (error) {
          throw new Error(
            `${of.name} version ${of.version} is not to be had from ONNX Runtime here: ${reasonOf(error)}`,
          );
        }
        return out[0] as Pointer;
      } finally {
        for (const one of attributes) releaseAttribute(one);
      }
    },
    invoke: fast<
      [
        context: Pointer,
        operator: Pointer,
        inputs: BigUint64Array,
        count: number,
        outputs: BigUint64Array,
        count: number,
      ]
    >(214, 'void*, void*, void*, int, void*, int'),
    releaseOperator: native(215, 'void', 'void*') as (operator: Pointer) => void,
  };
}

export type KernelApi = ReturnType<typeof kernelApi>;

/** An error's text; of one of ORT's the runtime's own words, which it puts its own before again. */
export function reasonOf(error: unknown): string {
  if (error instanceof AppError && typeof error.details?.ort === 'string') return error.details.ort;
  return error instanceof Error ? error.message : String(error);
}

/** Dimensions at an address, as many as `rank`. */
export function readDimensions(address: Pointer, rank: number): number[] {
  return rank === 0
    ? []
    : Array.from(koffi.decode(address, 'int64_t', rank) as ArrayLike<bigint | number>, Number);
}
