import type { ErrorInfo } from './errors';
import type { Provider, RunsOn } from './generation';
import type { Manifest } from './manifest';

/** The models page: what is installed, what the machine can do with it, and what is being done to it. */
export interface ModelsPage {
  readonly models: readonly ModelEntry[];
  readonly hardware: Hardware;
}

export interface ModelEntry {
  readonly manifest: Manifest;
  /** Ships with the app: it cannot be removed. */
  readonly builtIn: boolean;
  readonly folder: string;
  /** Of its files. */
  readonly bytes: number;
  /** Of the answers it gave on this machine, by provider; empty until there are some. */
  readonly speeds: readonly ModelSpeed[];
  readonly options: ModelOptions;
  /** When all its files were last compared with their checksums, and have not changed since; null: never. */
  readonly verifiedAt: number | null;
  /** Bytes it would take with its options. */
  readonly memoryNeeded: number;
}

/** Medians over past answers. */
export interface ModelSpeed {
  readonly provider: RunsOn;
  readonly answers: number;
  readonly tokensPerSecond: number;
  readonly firstTokenMs: number;
}

/** How one model is loaded; what is absent follows the settings. */
export interface ModelOptions {
  readonly provider?: Provider | 'auto';
  /** Of several NVIDIA GPUs, counted from 0; absent: the one with the most free memory. */
  readonly deviceId?: number;
  /** Rows of the KV cache. */
  readonly contextLength?: number;
  /** Repeated text is guessed and checked several tokens in a run, which changes no answer; absent: yes. */
  readonly speculation?: boolean;
  /** Prompts are read in 8-bit floats where the GPU can and weights have 4 bits; absent: yes. */
  readonly float8?: boolean;
  /** Of the KV cache on CUDA, where the model's family has kernels for it; absent: float16. */
  readonly cacheType?: CacheType;
}

/** Elements of a KV cache: 16 bits, or 8 with a scale for each row of a head, which is half the memory. */
export type CacheType = 'float16' | 'int8';

export interface Hardware {
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number };
  readonly processor: { readonly name: string; readonly threads: number };
  /** Null while the engine has not answered. */
  readonly graphics: Graphics | null;
  /** What the model in use would give back. */
  readonly reclaimable: { readonly provider: Provider; readonly bytes: number } | null;
}

/** What the engine finds of GPUs; it loads no CUDA library for it. */
export interface Graphics {
  readonly gpus: readonly Gpu[];
  readonly driver: { readonly version: string | null; readonly cuda: string } | null;
  /** Why there is no driver or no GPU. */
  readonly reason: ErrorInfo | null;
  readonly runtime: { readonly version: string; readonly cudaProvider: boolean };
  /** Providers that this build of ONNX Runtime offers. */
  readonly providers: readonly Provider[];
  /** What WebGPU would run on; null: nothing. */
  readonly webgpu: WebGpuDevice | null;
}

export interface WebGpuDevice {
  readonly name: string;
  /** It computes on the processor and is never chosen by `auto`. */
  readonly software: boolean;
  /** Null where nothing tells. */
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
}

export interface Gpu {
  /** As CUDA counts. */
  readonly id: number;
  readonly name: string;
  readonly totalBytes: number;
  /** Null where NVML is missing. */
  readonly freeBytes: number | null;
}

/** What a folder that the user chose holds. */
export type FoundModel =
  | {
      readonly kind: 'package';
      readonly id: string;
      readonly name: string;
      readonly bytes: number;
      readonly family: string;
    }
  /** onnxruntime-genai's or Transformers.js' layout: used as it is. */
  | { readonly kind: 'onnx'; readonly name: string; readonly bytes: number }
  /** config.json and safetensors: to be converted. */
  | {
      readonly kind: 'checkpoint';
      readonly name: string;
      readonly bytes: number;
      readonly family: string;
      readonly parameters: number;
      /** Block sizes that divide all its matrices. */
      readonly blocks: readonly number[];
    };

export interface ConvertRequest {
  readonly path: string;
  readonly name: string;
  readonly precision: 'int4' | 'int8' | 'fp16';
  readonly block: 32 | 64 | 128;
  readonly headInt8: boolean;
}

/** Long work on models. It goes on while no page is open. */
export interface ModelTask {
  readonly id: string;
  readonly kind: 'import' | 'convert' | 'verify' | 'libraries' | 'get';
  /** The model's name, or the libraries'. */
  readonly name: string;
  /** Of the model that is verified. */
  readonly modelId: string | null;
  /** `queued`: others of its kind come first. */
  readonly state: 'queued' | 'running' | 'stopped' | 'failed' | 'done';
  readonly phase: 'copy' | 'convert' | 'verify' | 'load' | 'download' | 'unpack' | null;
  /** 0 … 1. */
  readonly fraction: number;
  readonly secondsLeft: number | null;
  /** While it is downloaded, and where that has come to; null for other work. */
  readonly transfer: {
    readonly bytes: number;
    /** Null where the server does not say. */
    readonly totalBytes: number | null;
    readonly bytesPerSecond: number | null;
  } | null;
  /** Nothing comes just now: why, and after how many seconds it is tried again. */
  readonly waiting: { readonly error: ErrorInfo; readonly seconds: number } | null;
  readonly error: ErrorInfo | null;
  /** Stopped or failed, it can go on where it was. */
  readonly resumable: boolean;
}

/** A folder of the machine the app runs on, for choosing one from a browser. */
export interface FolderListing {
  readonly path: string;
  readonly parent: string | null;
  readonly folders: readonly { readonly name: string; readonly model: boolean }[];
  /** Whether this folder itself can be imported. */
  readonly model: boolean;
}

/** NVIDIA's and ONNX Runtime's libraries, as the app can fetch them. */
export interface CudaLibraries {
  readonly state: 'installed' | 'absent' | 'unsupported';
  /** Why they are of no use here. */
  readonly reason: ErrorInfo | null;
  /** `12` or `13`: what the driver can run. */
  readonly cuda: number | null;
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    /** As the registry says; null before it was asked. */
    readonly bytes: number | null;
    readonly host: string;
  }[];
}

/** The requests of the models page; `api.ts` has them among all others. */
export interface ModelRequests {
  'models.page': () => ModelsPage;
  'models.setDefault': (id: string) => void;
  'models.setOptions': (id: string, options: ModelOptions) => void;
  'models.inspect': (path: string) => FoundModel;
  'models.import': (path: string) => ModelTask;
  'models.convert': (request: ConvertRequest) => ModelTask;
  'models.verify': (id: string) => ModelTask;
  'models.tasks': () => readonly ModelTask[];
  /** Ends it; a conversion and a download keep what they have. */
  'models.stopTask': (taskId: string) => void;
  'models.resumeTask': (taskId: string) => void;
  /** Forgets one that has ended, with what it had made. */
  'models.dismissTask': (taskId: string) => void;
  /** `models.restore` brings it back for a while. */
  'models.remove': (id: string) => void;
  'models.restore': (id: string) => void;
  /** Null: where the user's own files are. */
  'models.browse': (path: string | null) => FolderListing;
  /** Asks the registries for versions and sizes, which uses the network: called when the user wants to see them. */
  'models.cudaLibraries': (ask: boolean) => CudaLibraries;
  'models.installCudaLibraries': () => ModelTask;
  'models.removeCudaLibraries': () => void;
}

export interface ModelEvents {
  'models.tasks': readonly ModelTask[];
  /** One came, went or was changed: the page asks again. */
  'models.changed': null;
}
