import type { OrtApi, Pointer } from './api';
import {
  createArray,
  ELEMENT,
  type ElementType,
  elementCount,
  type HostTensor,
  type TypedArrays,
} from './backend';
import type { CudaDriver } from './cuda-driver';
import { OrtTensor, wrapMemory } from './tensor';

/** Where device memory is had. */
export interface DeviceMemory {
  readonly api: OrtApi;
  readonly driver: CudaDriver;
  /** `OrtMemoryInfo` of the GPU. */
  readonly info: Pointer;
}

/** Device memory that the driver allocated, outside ORT's arena, so that running out of it is one clear error. */
export class CudaTensor extends OrtTensor {
  readonly address: Pointer;
  readonly driver: CudaDriver;
  #freed = false;

  constructor({ api, driver, info }: DeviceMemory, type: ElementType, shape: readonly number[]) {
    const bytes = elementCount(shape) * ELEMENT[type].bytes;
    const address = driver.allocate(bytes);
    super(api, wrapMemory(api, info, address, bytes, type, shape), type, shape);
    this.driver = driver;
    this.address = address;
  }

  override dispose(): void {
    if (this.#freed) return;
    this.#freed = true;
    super.dispose();
    this.driver.free(this.address);
  }
}

/** Device memory with a copy for JavaScript. */
export class MirroredTensor<T extends ElementType> extends CudaTensor implements HostTensor<T> {
  declare readonly type: T;
  readonly data: TypedArrays[T];

  constructor(device: DeviceMemory, type: T, shape: readonly number[]) {
    super(device, type, shape);
    this.data = createArray(type, elementCount(shape));
  }

  upload(): void {
    this.driver.copyToDevice(this.address, this.data);
  }

  download(): void {
    this.driver.copyToHost(this.data, this.address);
  }
}
