import type { ElementType } from './backend';
import type { Pointer } from './ffi';
import type { Slot } from './kernel-api';

/**
 * Operators of our own inside of ONNX graphs, written in JavaScript: ORT calls functions through a struct of pointers (`OrtCustomOp`),
 * which koffi makes of JavaScript functions. They run on this thread: ORT's other threads, such as those that make sessions, wait until the
 * event loop comes round, so nobody may block this one for a session that is being made.
 */

export interface OperatorValue {
  /** float16 unless told. */
  readonly type?: ElementType;
  /** A node may leave it out; then all after it too, for ORT infers no types past a gap. */
  readonly optional?: true;
  /** An input that `run` reads on the processor, whatever the provider. */
  readonly host?: true;
}

export interface CustomOperator {
  /** In the domain `DOMAIN`, version 1. Two may share a name, and then differ in types only. */
  readonly name: string;
  readonly inputs: readonly OperatorValue[];
  readonly outputs: readonly OperatorValue[];
  /** Once a node, when a session is made. What it throws is the session's error. */
  create(node: NodeInfo): Kernel;
}

/** Operators, and what puts them into a graph. */
export interface OwnOperators {
  readonly operators: readonly CustomOperator[];
  /** The bytes of an ONNX file with them in it. */
  rewrite(model: Uint8Array): Uint8Array;
}

/** The domain of our operators in a graph. */
export const DOMAIN = 'autoglm';

/** A node, while its kernel is made. */
export interface NodeInfo {
  readonly inputCount: number;
  readonly outputCount: number;
  /** An attribute; undefined where the node has none of that name and type. */
  integer(name: string): number | undefined;
  float(name: string): number | undefined;
  /** ORT's own operator, for `KernelContext.invoke`, on the provider of this node. It lives as long as the kernel. */
  operator(domain: string, name: string, version: number, options: InvokableOptions): Invokable;
}

/**
 * Inputs are told to ORT by their number alone: an operator whose constructor asks for the type of an optional one must be given fewer. By
 * source, CUDA's MatMulNBits would end the process with 6, with or without zero points; 3 are right.
 */
export interface InvokableOptions {
  /** `alpha: { float: 1 }` is a float, a bare number an integer. */
  readonly attributes?: Readonly<Record<string, number | { readonly float: number }>>;
  readonly inputs: number;
  readonly outputs: number;
  /** Element types by the names of the operator's type constraints, `{ T1: 'float16' }`, where it has forms for several. */
  readonly types?: Readonly<Record<string, ElementType>>;
}

/** An operator of ORT that a kernel may run. */
export interface Invokable {
  readonly handle: Pointer;
  readonly inputs: Slot;
  readonly outputs: Slot;
}

export interface Kernel {
  /** What it throws is the run's error. `context` is good until it returns. */
  run(context: KernelContext): void;
  /** The session ends. */
  dispose?(): void;
}

/** An `OrtValue` that is no input or output of the node. */
interface Foreign {
  readonly value: Pointer;
}

/** An input of the node by its number, an output that `output` has made, a value of the kernel's own, or null for what is left out. */
export type InvokedInput = number | { readonly output: number } | Foreign | null;

/** An output that `output` has made, a value of the kernel's own, or null for what nobody wants. */
export type InvokedOutput = number | Foreign | null;

/** The node's inputs and outputs, by number. Addresses are in the memory of the provider. */
export interface KernelContext {
  has(input: number): boolean;
  shape(input: number): readonly number[];
  address(input: number): Pointer;
  /** Allocates an output. @throws RangeError where the node leaves it out. */
  output(index: number, shape: readonly number[]): Pointer;
  /** The `CUstream` that the node's work belongs on; 0 where the provider has none. */
  stream(): Pointer;
  invoke(operator: Invokable, from: readonly InvokedInput[], to: readonly InvokedOutput[]): void;
}
