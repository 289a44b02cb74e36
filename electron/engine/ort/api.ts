import { AppError } from '../../contract/errors';
import {
  type Check,
  koffi,
  type Native,
  type NativeFunction,
  type Pointer,
  type PointerArgument,
} from './ffi';
import { kernelApi } from './kernel-api';

export type { Pointer, PointerArgument } from './ffi';

/** A call that reports failure by throwing, and may be made on a worker thread. */
export interface Call<A extends readonly unknown[]> {
  (...args: A): void;
  /** Runs on one of koffi's threads. Every pointer in `args` must stay valid until the promise settles. */
  async(...args: A): Promise<void>;
}

/** A call whose last C parameter receives a new handle; the handle is the result here. */
export interface Create<A extends readonly unknown[]> {
  (...args: A): Pointer;
  async(...args: A): Promise<Pointer>;
}

/**
 * The version of `OrtApi` asked for. The struct only ever grows at its end, so an index below never changes meaning and any
 * library of this version or newer has them all.
 */
const API_VERSION = 24;
const LAST_INDEX = 414;

/** `OrtLoggingLevel`: warnings are the runtime's own business, errors come back as statuses anyway. */
export const LOG_ERROR = 3;

/** `OrtErrorCode` of a run that was ended by `RunOptionsSetTerminate` is plain `ORT_FAIL`; its text tells. */
const TERMINATED = /terminate flag/i;

/** ORT was asked to end this run. */
export class TerminatedError extends AppError {
  constructor() {
    super('aborted', 'The run was stopped.');
  }
}

export type OrtApi = ReturnType<typeof openApi>;

let opened: { path: string; api: OrtApi } | null = null;

/** Loads the library once a process: ORT keeps global state, and a second copy could not share tensors with the first. */
export function loadApi(path: string): OrtApi {
  if (opened && opened.path !== path) {
    throw new AppError(
      'engine-failed',
      `ONNX Runtime is already loaded from ${opened.path}; restart to use ${path}.`,
      { kind: 'runtime-restart' },
    );
  }
  opened ??= { path, api: openApi(path) };
  return opened.api;
}

function openApi(path: string) {
  const library = loadLibrary(path);
  const base = library.func('OrtGetApiBase', 'void*', [])() as Pointer;
  const [getApi, getVersion] = koffi.decode(base, koffi.array('void*', 2)) as [Pointer, Pointer];
  const version = fromPointer(getVersion, 'str', [])() as string;
  const table = fromPointer(getApi, 'void*', ['uint32_t'])(API_VERSION) as Pointer | null;
  if (!table) {
    throw new AppError(
      'engine-failed',
      `${path} is ONNX Runtime ${version}, which is too old: version 1.${API_VERSION} or newer is needed.`,
      { kind: 'runtime-other-version' },
    );
  }
  const pointers = koffi.decode(table, koffi.array('void*', LAST_INDEX + 1)) as Pointer[];
  const native = (index: number, result: string, args: string) =>
    fromPointer(pointers[index] as Pointer, result, args.split(', '));

  const getErrorMessage = native(2, 'str', 'void*');
  const releaseStatus = native(93, 'void', 'void*');
  const check = (status: Pointer | null): void => {
    if (!status) return;
    const message = getErrorMessage(status) as string;
    releaseStatus(status);
    throw TERMINATED.test(message) ? new TerminatedError() : ortError(message);
  };

  const call = <A extends readonly unknown[]>(index: number, args: string): Call<A> => {
    const raw = native(index, 'void*', args);
    const sync = (...values: A): void => check(raw(...values) as Pointer | null);
    const async = (...values: A) =>
      new Promise<void>((resolve, reject) => {
        raw.async(...values, (error: Error | null, status: Pointer | null) => {
          try {
            if (error) throw error;
            check(status);
            resolve();
          } catch (failure) {
            reject(failure);
          }
        });
      });
    return Object.assign(sync, { async });
  };
  const create = <A extends readonly unknown[]>(index: number, args: string): Create<A> => {
    const raw = call<[...A, (Pointer | null)[]]>(index, args ? `${args}, OUT` : 'OUT');
    const sync = (...values: A): Pointer => {
      const out: (Pointer | null)[] = [null];
      raw(...values, out);
      return out[0] as Pointer;
    };
    const async = async (...values: A): Promise<Pointer> => {
      const out: (Pointer | null)[] = [null];
      await raw.async(...values, out);
      return out[0] as Pointer;
    };
    return Object.assign(sync, { async });
  };
  const release = (index: number): ((handle: Pointer) => void) => native(index, 'void', 'void*');
  // ORTCHAR_T is wchar_t on Windows and char elsewhere.
  const path_t = process.platform === 'win32' ? 'str16' : 'str';

  return {
    version,
    path,
    // Koffi unloads a library once its handle is collected, and functions made from addresses do not hold it.
    library,

    createEnv: create<[level: number, id: string]>(3, 'int, str'),
    createSession: create<[env: Pointer, model: string, options: Pointer]>(7, `void*, ${path_t}, void*`),
    createSessionFromBytes: create<[env: Pointer, model: Uint8Array, bytes: number, options: Pointer]>(
      8,
      'void*, void*, size_t, void*',
    ),
    createSessionOptions: create<[]>(10, ''),
    createRunOptions: create<[]>(39, ''),
    createIoBinding: create<[session: Pointer]>(134, 'void*'),
    /** Allocator type 1 is the arena's; memory type 0 is the default. */
    createMemoryInfo: create<[name: string, allocator: number, device: number, memory: number]>(
      68,
      'str, int, int, int',
    ),
    createTensor: create<[allocator: Pointer, shape: BigInt64Array, rank: number, type: number]>(
      48,
      'void*, int64_t*, size_t, int',
    ),
    createTensorWithData: create<
      [info: Pointer, data: PointerArgument, bytes: number, shape: BigInt64Array, rank: number, type: number]
    >(49, 'void*, void*, size_t, int64_t*, size_t, int'),
    createCudaOptions: create<[]>(205, ''),
    getDefaultAllocator: create<[]>(78, ''),
    /** Of a session's provider; the session must outlive it and all that it has given out. */
    createAllocator: create<[session: Pointer, info: Pointer]>(131, 'void*, void*'),
    /** The address of a tensor's data, in the memory of its device. */
    getTensorData: create<[value: Pointer]>(51, 'void*'),

    enableProfiling: call<[options: Pointer, prefix: string]>(14, `void*, ${path_t}`),
    setExecutionMode: call<[options: Pointer, mode: number]>(13, 'void*, int'),
    disableMemoryPattern: call<[options: Pointer]>(17, 'void*'),
    disableCpuArena: call<[options: Pointer]>(19, 'void*'),
    setLogSeverity: call<[options: Pointer, level: number]>(22, 'void*, int'),
    setOptimizationLevel: call<[options: Pointer, level: number]>(23, 'void*, int'),
    setIntraOpThreads: call<[options: Pointer, threads: number]>(24, 'void*, int'),
    setInterOpThreads: call<[options: Pointer, threads: number]>(25, 'void*, int'),
    /** The session uses the value where it lies, by source: it must outlive the session. */
    addInitializer: call<[options: Pointer, name: string, value: Pointer]>(150, 'void*, str, void*'),
    addSessionConfig: call<[options: Pointer, key: string, value: string]>(130, 'void*, str, str'),
    addRunConfig: call<[options: Pointer, key: string, value: string]>(165, 'void*, str, str'),
    setTerminate: call<[options: Pointer]>(46, 'void*'),
    unsetTerminate: call<[options: Pointer]>(47, 'void*'),

    bindInput: call<[binding: Pointer, name: string, value: Pointer]>(136, 'void*, str, void*'),
    bindOutput: call<[binding: Pointer, name: string, value: Pointer]>(137, 'void*, str, void*'),
    runWithBinding: call<[session: Pointer, options: Pointer | null, binding: Pointer]>(
      133,
      'void*, void*, void*',
    ),

    /** A provider by its name, with options as text; CUDA has calls of its own. */
    appendProvider: call<
      [options: Pointer, name: string, keys: readonly string[], values: readonly string[], count: number]
    >(216, 'void*, str, const char**, const char**, size_t'),
    /** Between any two devices whose providers a session of the environment uses. */
    copyTensors: call<
      [env: Pointer, from: readonly Pointer[], to: readonly Pointer[], stream: null, count: number]
    >(386, 'void*, const void**, const void**, void*, size_t'),
    appendCuda: call<[options: Pointer, cuda: Pointer]>(204, 'void*, void*'),
    updateCudaOptions: call<[cuda: Pointer, keys: string[], values: string[], count: number]>(
      206,
      'void*, const char**, const char**, size_t',
    ),

    /** A domain keeps its name; the operators' structs stay the caller's, and must outlive every session that knows them. */
    createOperatorDomain: create<[name: string]>(26, 'str'),
    addOperator: call<[domain: Pointer, operator: Pointer]>(27, 'void*, void*'),
    addOperatorDomain: call<[options: Pointer, domain: Pointer]>(28, 'void*, void*'),
    /** For what operators of our own do (`custom-operator.ts`). */
    kernel: kernelApi(native, check),

    /** For `registerArena`: settings by name (`OrtArenaCfg`). */
    createArenaConfig: create<[keys: readonly string[], values: BigUint64Array, count: number]>(
      164,
      'const char**, size_t*, size_t',
    ),
    /** Makes an allocator of the environment; the keys and values are options of the provider. */
    registerArena: call<
      [
        env: Pointer,
        provider: string,
        info: Pointer,
        config: Pointer,
        keys: readonly string[],
        values: readonly string[],
        count: number,
      ]
    >(259, 'void*, str, void*, void*, const char**, const char**, size_t'),
    unregisterArena: call<[env: Pointer, info: Pointer]>(177, 'void*, void*'),
    releaseArenaConfig: release(157),

    /** Bytes that an allocator has given out; null where it does not count them. */
    bytesInUse: allocatorStat(native, check, 'InUse'),
    /** Bytes that an allocator has from the device, given out or not; null where it does not count them. */
    bytesHeld: allocatorStat(native, check, 'TotalAllocated'),
    /** Devices that a provider of this build can use, as the system describes them. */
    devicesOf: devicesOf(native, check),
    /** Operators of a session's nodes by provider. The session must have been told to record them: `RECORD_ASSIGNMENT`. */
    assignedOperators: assignedOperators(native, check),

    releaseEnv: release(92),
    releaseMemoryInfo: release(94),
    releaseSession: release(95),
    releaseValue: release(96),
    releaseRunOptions: release(97),
    releaseSessionOptions: release(100),
    releaseOperatorDomain: release(101),
    releaseIoBinding: release(135),
    releaseAllocator: release(132),
    releaseCudaOptions: release(208),
  };
}

/** Session configuration entry with which `assignedOperators` knows something. */
export const RECORD_ASSIGNMENT = 'session.record_ep_graph_assignment_info';

function assignedOperators(native: Native, check: Check) {
  const subgraphs = native(407, 'void*', 'void*, OUT, COUNT');
  const providerName = native(408, 'void*', 'void*, OUT');
  const nodes = native(409, 'void*', 'void*, OUT, COUNT');
  const operatorType = native(412, 'void*', 'void*, OUT');
  const text = (call: NativeFunction, of: Pointer): string => {
    const out: (Pointer | null)[] = [null];
    check(call(of, out) as Pointer | null);
    return koffi.decode(out[0] as Pointer, 'char', -1) as string;
  };
  return (session: Pointer): ReadonlyMap<string, readonly string[]> => {
    const byProvider = new Map<string, string[]>();
    for (const subgraph of listOf(subgraphs, session, check)) {
      const provider = text(providerName, subgraph);
      const operators = listOf(nodes, subgraph, check).map((node) => text(operatorType, node));
      byProvider.set(provider, [...(byProvider.get(provider) ?? []), ...operators]);
    }
    return byProvider;
  };
}

function allocatorStat(native: Native, check: Check, name: 'InUse' | 'TotalAllocated') {
  const stats = native(319, 'void*', 'void*, OUT');
  const getValue = native(297, 'str', 'void*, str');
  const release = native(300, 'void', 'void*');
  return (allocator: Pointer): number | null => {
    const out: (Pointer | null)[] = [null];
    check(stats(allocator, out) as Pointer | null);
    if (!out[0]) return null;
    const value = getValue(out[0], name) as string | null;
    release(out[0]);
    return value === null ? null : Number(value);
  };
}

/** `OrtHardwareDeviceType` */
const DEVICE_TYPES = ['cpu', 'gpu', 'npu'] as const;

export interface HardwareDevice {
  readonly type: (typeof DEVICE_TYPES)[number] | 'other';
  readonly vendor: string;
  /** Whatever the system says: on Windows `Description`, for example. */
  readonly metadata: Readonly<Record<string, string>>;
}

function devicesOf(native: Native, check: Check) {
  const epDevices = native(303, 'void*', 'void*, OUT, COUNT');
  const name = native(312, 'str', 'void*');
  const hardware = native(316, 'void*', 'void*');
  const type = native(307, 'int', 'void*');
  const vendor = native(309, 'str', 'void*');
  const metadata = native(311, 'void*', 'void*');
  const pairs = native(298, 'void', 'void*, OUT, OUT, COUNT');
  const record = (of: Pointer): Record<string, string> => {
    const [keys, values, count] = [[null], [null], [0]] as [(Pointer | null)[], (Pointer | null)[], number[]];
    pairs(of, keys, values, count);
    const texts = ([at]: (Pointer | null)[]) =>
      at ? (koffi.decode(at, koffi.array('str', Number(count[0]))) as string[]) : [];
    const named = texts(values);
    return Object.fromEntries(texts(keys).map((key, i) => [key, named[i] ?? '']));
  };
  return (env: Pointer, provider: string): HardwareDevice[] =>
    listOf(epDevices, env, check)
      .filter((device) => name(device) === provider)
      .map((device) => {
        const of = hardware(device) as Pointer;
        return {
          type: DEVICE_TYPES[type(of) as number] ?? 'other',
          vendor: vendor(of) as string,
          metadata: record(metadata(of) as Pointer),
        };
      });
}

/** What a call gives as an array of pointers and their count. */
function listOf(call: NativeFunction, of: Pointer, check: Check): Pointer[] {
  const out: (Pointer | null)[] = [null];
  const count: (number | bigint)[] = [0];
  check(call(of, out, count) as Pointer | null);
  return out[0] ? (koffi.decode(out[0], koffi.array('void*', Number(count[0]))) as Pointer[]) : [];
}

/** A failure of ORT as the rest of the engine sees it; `details.ort` is the runtime's own text. */
export function ortError(message: string): AppError {
  return new AppError('engine-failed', `ONNX Runtime reports: ${message}`, {
    kind: 'runtime-error',
    ort: message,
  });
}

function loadLibrary(path: string) {
  try {
    return koffi.load(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('engine-failed', `ONNX Runtime could not be loaded from ${path}: ${reason}.`, {
      kind: 'runtime-missing',
    });
  }
}

function fromPointer(pointer: Pointer, result: string, args: readonly string[]): NativeFunction {
  const types = args.map((arg) => {
    if (arg === 'OUT') return koffi.out(koffi.pointer('void*'));
    return arg === 'COUNT' ? koffi.out(koffi.pointer('size_t')) : arg;
  });
  return koffi.decode(pointer, koffi.proto(result, types)) as NativeFunction;
}
