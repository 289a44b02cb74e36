import type { LibraryHandle } from 'koffi';
import type { CudaDriver } from '../ort/cuda-driver';
import type {
  Invokable,
  InvokableOptions,
  InvokedInput,
  InvokedOutput,
  KernelContext,
  NodeInfo,
} from '../ort/custom-operator';
import type { Pointer } from '../ort/ffi';
import { toFloat16Bits } from '../ort/float16';
import { createSlots } from '../ort/kernel-api';
import type { CublasLt, Float8Product } from '../ort/kernels/cublas-lt';
import type { OperatorDeviceOptions } from '../ort/kernels/device';
import type { Argument, Launch, Module } from '../ort/kernels/modules';

/** A native library of JavaScript functions, by their names in the declarations. */
export function library(functions: Readonly<Record<string, (...args: never[]) => unknown>>): LibraryHandle {
  const func = (declaration: string) => {
    const name = /(\w+)\(/.exec(declaration)?.[1] ?? '';
    const call = functions[name];
    if (!call) throw new Error(`The library has no ${name}.`);
    const async = (...args: unknown[]) => {
      const done = args.pop() as (error: unknown, value: unknown) => void;
      queueMicrotask(() => done(null, call(...(args as never[]))));
    };
    return Object.assign((...args: never[]) => call(...args), { async });
  };
  return { func } as unknown as LibraryHandle;
}

export type Event =
  | { readonly kernel: string; readonly at: Omit<Launch, 'stream'>; readonly args: readonly Argument[] }
  | {
      readonly operator: string;
      readonly from: readonly InvokedInput[];
      readonly to: readonly InvokedOutput[];
    }
  | { readonly product: Omit<Float8Product, 'stream'> };

export const STREAM = 77n;
/** Where inputs and outputs of a node lie. */
export const inputAt = (input: number): Pointer => BigInt(input + 1) << 32n;
export const outputAt = (output: number): Pointer => BigInt(output + 1) << 40n;

/** A GPU that computes nothing: it records what it is given, and each kernel and operator leaves one number in all of its result. */
export class RecordingGpu {
  events: Event[] = [];
  readonly compiled: string[] = [];
  readonly refused: string[] = [];
  readonly allocated = new Map<Pointer, number>();
  readonly freed: Pointer[] = [];
  /** What the kernels and ORT's operators make. */
  ours = 1;
  theirs = 1;
  /** What cuBLASLt makes of 8-bit floats, if it is there and has such products. */
  float8 = 1;
  hasCublas = true;
  multiplies = true;
  cublasDisposed = false;
  sharedBytes = 227 << 10;
  multiprocessors = 132;
  capability = 90;
  readonly #results = new Map<Pointer, number>();
  readonly #values = new Map<Pointer, Pointer>();
  readonly #operators = new Map<Pointer, { readonly name: string; readonly options: InvokableOptions }>();
  #next = 1n << 50n;

  readonly options = (): OperatorDeviceOptions => ({
    driver: {
      allocate: (bytes: number) => {
        this.#next += 1n << 32n;
        this.allocated.set(this.#next, bytes);
        return this.#next;
      },
      free: (address: Pointer) => {
        if (!this.allocated.delete(address)) throw new Error('Freed twice.');
        this.freed.push(address);
      },
      copyToHost: (target: Uint16Array, source: Pointer) =>
        target.fill(toFloat16Bits(this.#results.get(source) ?? Number.NaN)),
    } as unknown as CudaDriver,
    device: 0,
    wrap: (address) => {
      const value = address + 1n;
      this.#values.set(value, address);
      return { value, release: () => this.#values.delete(value) };
    },
    onRefused: (reason) => this.refused.push(reason),
    openCublas: () => {
      if (!this.hasCublas) throw new Error('There is no cuBLASLt.');
      return {
        multiply: ({ stream, ...product }: Float8Product) => {
          if (stream !== STREAM) throw new Error('Another stream.');
          if (!this.multiplies) throw new Error('cuBLASLt has no such product.');
          this.events.push({ product });
          this.#results.set(product.y, this.float8);
        },
        dispose: () => {
          this.cublasDisposed = true;
        },
      } as unknown as CublasLt;
    },
    modules: {
      capability: this.capability,
      multiprocessors: this.multiprocessors,
      sharedBytes: this.sharedBytes,
      finish: () => {},
      load: async (file, macros = {}) => {
        this.compiled.push(`${file} ${JSON.stringify(macros)}`);
        return { kernel: (name: string) => this.#kernel(name) } as unknown as Module;
      },
    },
  });

  /** Tensors of workspaces that are not released. */
  get tensors(): number {
    return this.#values.size;
  }

  node(
    attributes: Readonly<Record<string, number>>,
    { inputCount = 3, floats = {} }: { inputCount?: number; floats?: Readonly<Record<string, number>> } = {},
  ): NodeInfo {
    return {
      inputCount,
      outputCount: 1,
      integer: (name) => attributes[name],
      float: (name) => floats[name],
      operator: (_domain, name, _version, options): Invokable => {
        const handle = BigInt(this.#operators.size + 1);
        this.#operators.set(handle, { name, options });
        return { handle, inputs: createSlots(options.inputs), outputs: createSlots(options.outputs) };
      },
    };
  }

  /** With what ORT's operator `name` was made. */
  operator(name: string): InvokableOptions | undefined {
    return [...this.#operators.values()].find((operator) => operator.name === name)?.options;
  }

  /** @param inPlace outputs that lie where an input does. */
  context(
    shapes: readonly (readonly number[])[],
    inPlace: Readonly<Record<number, number>> = {},
  ): KernelContext {
    const at = (output: number) =>
      inPlace[output] === undefined ? outputAt(output) : inputAt(inPlace[output]);
    return {
      has: (input) => input < shapes.length,
      shape: (input) => shapes[input]!,
      address: inputAt,
      output: at,
      stream: () => STREAM,
      invoke: (operator, from, to) => {
        const { name, options } = this.#operators.get(operator.handle)!;
        if (from.length !== options.inputs || to.length > options.outputs)
          throw new Error(`${name}: wrong count`);
        this.events.push({ operator: name, from, to });
        for (const one of to) {
          if (one === null) continue;
          this.#results.set(typeof one === 'number' ? at(one) : this.#values.get(one.value)!, this.theirs);
        }
      },
    };
  }

  /** What happened since it was asked last, as text: kernels and operators by name. */
  took(): string[] {
    const names = this.events.map((event) =>
      'kernel' in event ? event.kernel : 'operator' in event ? event.operator : 'cublasLt',
    );
    this.events = [];
    return names;
  }

  #kernel(name: string) {
    return { launch: (launch: Launch, args: readonly Argument[]) => this.launched(name, launch, args) };
  }

  protected launched(name: string, { stream, ...at }: Launch, args: readonly Argument[]): void {
    // Between runs there is only the default stream.
    if (stream !== (name === 'find_candidates' ? 0n : STREAM)) throw new Error('Another stream.');
    this.events.push({ kernel: name, at, args });
    // These change what another product has left.
    if (!/^(add_bias|activate_values|gate_values|scale_product|gate_product)$/.test(name))
      this.#results.set(args[0] as Pointer, this.ours);
  }
}
