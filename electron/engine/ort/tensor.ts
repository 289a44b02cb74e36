import type { OrtApi, Pointer } from './api';
import {
  createArray,
  ELEMENT,
  type ElementType,
  elementCount,
  type HostTensor,
  type Tensor,
  type TypedArrays,
} from './backend';

/** An `OrtValue` and, through the subclasses, the memory below it. */
export class OrtTensor implements Tensor {
  readonly handle: Pointer;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly #api: OrtApi;
  #disposed = false;

  protected constructor(api: OrtApi, handle: Pointer, type: ElementType, shape: readonly number[]) {
    this.#api = api;
    this.handle = handle;
    this.type = type;
    this.shape = shape;
  }

  /** Memory of ORT's own allocator, uninitialised. */
  static allocate(api: OrtApi, allocator: Pointer, type: ElementType, shape: readonly number[]): OrtTensor {
    return new OrtTensor(api, createTensor(api, allocator, type, shape), type, shape);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#api.releaseValue(this.handle);
  }
}

/** A tensor over JavaScript memory: ORT reads and writes `data` itself. The object keeps that memory alive. */
export class CpuTensor<T extends ElementType = ElementType> extends OrtTensor implements HostTensor<T> {
  declare readonly type: T;
  readonly data: TypedArrays[T];

  private constructor(api: OrtApi, handle: Pointer, type: T, shape: readonly number[], data: TypedArrays[T]) {
    super(api, handle, type, shape);
    this.data = data;
  }

  /** @param cpu `OrtMemoryInfo` of the CPU. */
  static create<T extends ElementType>(
    api: OrtApi,
    cpu: Pointer,
    type: T,
    shape: readonly number[],
  ): CpuTensor<T> {
    const data = createArray(type, elementCount(shape));
    const handle = wrapMemory(api, cpu, data, data.byteLength, type, shape);
    return new CpuTensor(api, handle, type, shape, data);
  }

  upload(): void {}
  download(): void {}
}

/** An `OrtValue` over memory of an allocator, uninitialised. */
export function createTensor(
  api: OrtApi,
  allocator: Pointer,
  type: ElementType,
  shape: readonly number[],
): Pointer {
  return api.createTensor(allocator, dimensions(shape), shape.length, ELEMENT[type].onnx);
}

/** An `OrtValue` over memory that somebody else owns; `memory` is an address on the device that `info` names. */
export function wrapMemory(
  api: OrtApi,
  info: Pointer,
  memory: Pointer | ArrayBufferView,
  bytes: number,
  type: ElementType,
  shape: readonly number[],
): Pointer {
  return api.createTensorWithData(info, memory, bytes, dimensions(shape), shape.length, ELEMENT[type].onnx);
}

function dimensions(shape: readonly number[]): BigInt64Array {
  return BigInt64Array.from(shape, BigInt);
}
