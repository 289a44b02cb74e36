import type { OrtApi } from './api';
import { ELEMENT } from './backend';
import {
  type CustomOperator,
  DOMAIN,
  type Invokable,
  type InvokedInput,
  type InvokedOutput,
  type Kernel,
  type KernelContext,
  type NodeInfo,
  type OperatorValue,
} from './custom-operator';
import { koffi, type Pointer } from './ffi';
import { createSlots, type KernelApi, readDimensions, reasonOf } from './kernel-api';

/** `OrtCustomOp` as of version 24: ORT reads no further than the version says, and what is null it does without. */
const API_VERSION = 24;
const pointers = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'void*']));
const STRUCT = koffi.struct({
  version: 'uint32_t',
  ...pointers(
    'CreateKernel',
    'GetName',
    'GetExecutionProviderType',
    'GetInputType',
    'GetInputTypeCount',
    'GetOutputType',
    'GetOutputTypeCount',
    'KernelCompute',
    'KernelDestroy',
    'GetInputCharacteristic',
    'GetOutputCharacteristic',
    'GetInputMemoryType',
    'GetVariadicInputMinArity',
    'GetVariadicInputHomogeneity',
    'GetVariadicOutputMinArity',
    'GetVariadicOutputHomogeneity',
    'CreateKernelV2',
    'KernelComputeV2',
    'InferOutputShapeFn',
    'GetStartVersion',
    'GetEndVersion',
    'GetMayInplace',
    'ReleaseMayInplace',
    'GetAliasMap',
    'ReleaseAliasMap',
  ),
});
const OPTIONAL = 1;
/** `OrtMemType` */
const MEMORY = { default: 0, host: -2 } as const;

/** Callbacks by the fields of the struct, with koffi's types of their results and arguments. A kernel's "address" is its number here. */
const CALLBACKS = {
  GetName: ['void*', ['void*']],
  GetExecutionProviderType: ['void*', ['void*']],
  GetInputType: ['int', ['void*', 'size_t']],
  GetInputTypeCount: ['size_t', ['void*']],
  GetOutputType: ['int', ['void*', 'size_t']],
  GetOutputTypeCount: ['size_t', ['void*']],
  GetInputCharacteristic: ['int', ['void*', 'size_t']],
  GetOutputCharacteristic: ['int', ['void*', 'size_t']],
  GetInputMemoryType: ['int', ['void*', 'size_t']],
  CreateKernelV2: ['void*', ['void*', 'void*', 'void*', 'void*']],
  KernelComputeV2: ['void*', ['size_t', 'void*']],
  KernelDestroy: ['void', ['size_t']],
} as const;

/** Operators that sessions can be given. Dispose of it after every session that it was given to. */
export class OperatorDomain {
  readonly #api: OrtApi;
  readonly #handle: Pointer;
  readonly #callbacks: bigint[] = [];
  readonly #memory: unknown[] = [];
  readonly #operators = new Map<Pointer, CustomOperator>();
  readonly #kernels: (OpenKernel | null)[] = [];
  readonly #context: RunningContext;

  /** @param provider as ORT names it, `CUDAExecutionProvider`. */
  constructor(api: OrtApi, provider: string, operators: readonly CustomOperator[]) {
    this.#api = api;
    this.#context = new RunningContext(api.kernel);
    this.#handle = api.createOperatorDomain(DOMAIN);
    const providerName = this.#text(provider);
    const names = new Map<Pointer, Pointer>();
    const of = (operator: Pointer) => this.#operators.get(operator)!;
    const typeOf = ({ type = 'float16' }: OperatorValue = {}) => ELEMENT[type].onnx;
    const characteristic = (value?: OperatorValue) => (value?.optional ? OPTIONAL : 0);
    const functions: Record<keyof typeof CALLBACKS, (...args: never[]) => unknown> = {
      GetName: (operator: Pointer) => names.get(operator),
      GetExecutionProviderType: () => providerName,
      GetInputType: (operator: Pointer, i: number) => typeOf(of(operator).inputs[i]),
      GetInputTypeCount: (operator: Pointer) => of(operator).inputs.length,
      GetOutputType: (operator: Pointer, i: number) => typeOf(of(operator).outputs[i]),
      GetOutputTypeCount: (operator: Pointer) => of(operator).outputs.length,
      GetInputCharacteristic: (operator: Pointer, i: number) => characteristic(of(operator).inputs[i]),
      GetOutputCharacteristic: (operator: Pointer, i: number) => characteristic(of(operator).outputs[i]),
      GetInputMemoryType: (operator: Pointer, i: number) =>
        of(operator).inputs[i]?.host ? MEMORY.host : MEMORY.default,
      CreateKernelV2: (operator: Pointer, _api: Pointer, info: Pointer, out: Pointer) =>
        this.#make(of(operator), info, out),
      KernelComputeV2: (kernel: number, context: Pointer) => this.#run(kernel, context),
      KernelDestroy: (kernel: number) => this.#destroy(kernel),
    };
    const addresses = Object.fromEntries(
      Object.entries(CALLBACKS).map(([name, [result, args]]) => {
        const type = koffi.pointer(koffi.proto(result, [...args]));
        const address = koffi.register(functions[name as keyof typeof CALLBACKS], type);
        this.#callbacks.push(address);
        return [name, address];
      }),
    );
    for (const operator of operators) {
      const struct = this.#allocate(STRUCT, 1);
      koffi.encode(struct, STRUCT, { version: API_VERSION, ...addresses });
      this.#operators.set(struct, operator);
      names.set(struct, this.#text(operator.name));
      api.addOperator(this.#handle, struct);
    }
  }

  /** For the session that is made with these options. */
  addTo(options: Pointer): void {
    this.#api.addOperatorDomain(options, this.#handle);
  }

  dispose(): void {
    this.#api.releaseOperatorDomain(this.#handle);
    for (const callback of this.#callbacks.splice(0)) koffi.unregister(callback);
    for (const memory of this.#memory.splice(0)) koffi.free(memory);
  }

  #make(operator: CustomOperator, info: Pointer, out: Pointer): Pointer | null {
    try {
      koffi.encode(out, 'size_t', this.#create(operator, info));
      return null;
    } catch (error) {
      return this.#failure(error);
    }
  }

  #create(operator: CustomOperator, info: Pointer): number {
    const { kernel: api } = this.#api;
    const invokables: Pointer[] = [];
    const release = () => {
      for (const invokable of invokables.splice(0)) api.releaseOperator(invokable);
    };
    try {
      const node: NodeInfo = {
        inputCount: api.inputCount(info),
        outputCount: api.outputCount(info),
        integer: (name) => api.integer(info, name),
        float: (name) => api.float(info, name),
        operator: (domain, name, version, { attributes = {}, types = {}, inputs, outputs }) => {
          const entries = Object.entries(attributes);
          const integers = entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number');
          const floats = entries.flatMap(([key, value]) =>
            typeof value === 'number' ? [] : [[key, value.float]],
          );
          const handle = api.createOperator(info, {
            domain,
            name,
            version,
            inputs,
            outputs,
            integers: Object.fromEntries(integers),
            floats: Object.fromEntries(floats),
            types: Object.fromEntries(Object.entries(types).map(([key, type]) => [key, ELEMENT[type].onnx])),
          });
          invokables.push(handle);
          return { handle, inputs: createSlots(inputs), outputs: createSlots(outputs) };
        },
      };
      const kernel = operator.create(node);
      this.#kernels.push({ kernel, release });
      return this.#kernels.length;
    } catch (error) {
      release();
      throw error;
    }
  }

  #run(kernel: number, context: Pointer): Pointer | null {
    try {
      this.#context.begin(context);
      this.#kernels[kernel - 1]!.kernel.run(this.#context);
      return null;
    } catch (error) {
      return this.#failure(error);
    }
  }

  #destroy(kernel: number): void {
    const open = this.#kernels[kernel - 1];
    this.#kernels[kernel - 1] = null;
    try {
      open?.kernel.dispose?.();
    } catch {
      // ORT asks for no answer.
    }
    open?.release();
  }

  /** The status that an error becomes: ORT must not see an exception pass. */
  #failure(error: unknown): Pointer {
    return this.#api.kernel.failure(reasonOf(error));
  }

  #text(text: string): Pointer {
    const bytes = new TextEncoder().encode(`${text}\0`);
    const address = this.#allocate('uint8_t', bytes.length);
    koffi.encode(address, 'uint8_t', [...bytes], bytes.length);
    return address;
  }

  #allocate(type: Parameters<typeof koffi.alloc>[0], length: number): Pointer {
    const memory = koffi.alloc(type, length);
    this.#memory.push(memory);
    return koffi.address(memory);
  }
}

interface OpenKernel {
  readonly kernel: Kernel;
  release(): void;
}

/** One for all runs: they follow each other on this thread. */
class RunningContext implements KernelContext {
  readonly #api: KernelApi;
  readonly #slot = createSlots(1);
  readonly #type = createSlots(1);
  readonly #dimensions = createSlots(1);
  readonly #rank = createSlots(1);
  readonly #shape = new BigInt64Array(new ArrayBuffer(8 * MAX_RANK));
  #context = 0n;
  /** `OrtValue`s of this run, as far as they were asked for. */
  readonly #inputs: Pointer[] = [];
  readonly #outputs: Pointer[] = [];

  constructor(api: KernelApi) {
    this.#api = api;
  }

  begin(context: Pointer): void {
    this.#context = context;
    this.#inputs.length = 0;
    this.#outputs.length = 0;
  }

  has(input: number): boolean {
    return this.#input(input) !== 0n;
  }

  shape(input: number): readonly number[] {
    this.#api.shape(this.#present(input), this.#type, this.#dimensions, this.#rank);
    return readDimensions(this.#dimensions[0]!, Number(this.#rank[0]!));
  }

  address(input: number): Pointer {
    return this.#addressOf(this.#present(input));
  }

  output(index: number, shape: readonly number[]): Pointer {
    for (let i = 0; i < shape.length; i++) this.#shape[i] = BigInt(shape[i]!);
    this.#api.output(this.#context, index, this.#shape, shape.length, this.#slot);
    const value = this.#slot[0]!;
    if (value === 0n) throw new RangeError(`The node leaves output ${index} out.`);
    this.#outputs[index] = value;
    return this.#addressOf(value);
  }

  stream(): Pointer {
    this.#api.stream(this.#context, this.#slot);
    return this.#slot[0]!;
  }

  invoke(operator: Invokable, from: readonly InvokedInput[], to: readonly InvokedOutput[]): void {
    const { handle, inputs, outputs } = operator;
    for (let i = 0; i < from.length; i++) {
      const one = from[i]!;
      if (one === null) inputs[i] = 0n;
      else if (typeof one === 'number') inputs[i] = this.#input(one);
      else inputs[i] = 'value' in one ? one.value : this.#made(one.output);
    }
    for (let i = 0; i < to.length; i++) {
      const one = to[i]!;
      if (one === null) outputs[i] = 0n;
      else outputs[i] = typeof one === 'number' ? this.#made(one) : one.value;
    }
    this.#api.invoke(this.#context, handle, inputs, from.length, outputs, to.length);
  }

  #input(input: number): Pointer {
    const known = this.#inputs[input];
    if (known !== undefined) return known;
    this.#api.input(this.#context, input, this.#slot);
    const value = this.#slot[0]!;
    this.#inputs[input] = value;
    return value;
  }

  #present(input: number): Pointer {
    const value = this.#input(input);
    if (value === 0n) throw new RangeError(`The node leaves input ${input} out.`);
    return value;
  }

  #made(output: number): Pointer {
    const value = this.#outputs[output];
    if (value === undefined) throw new RangeError(`Output ${output} was not made before it was used.`);
    return value;
  }

  #addressOf(value: Pointer): Pointer {
    this.#api.data(value, this.#slot);
    return this.#slot[0]!;
  }
}

/** Of a tensor that a kernel makes. */
const MAX_RANK = 8;
