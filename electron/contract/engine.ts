import type { Device } from './device';
import type { DrawingOutcome, DrawingRequest } from './drawing';
import { assertNever, type ErrorInfo } from './errors';
import type { GenerationEvent, GenerationRequest, Provider, RunsOn } from './generation';
import type { Manifest, ModelInfo } from './manifest';
import type { CacheType, Graphics } from './models';
import type { SpeechEvent, SpokenSegment } from './speech';

/** What the app and the engine process say to each other. Every answer carries the `id` of what it answers, or the number of a drawing. */
export type EngineCommand =
  | { readonly type: 'load'; readonly id: number; readonly folder: string; readonly options: LoadOptions }
  | { readonly type: 'unload'; readonly id: number }
  | { readonly type: 'generate'; readonly id: number; readonly request: GenerationRequest }
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'count-tokens'; readonly id: number; readonly request: GenerationRequest }
  /** Opens what a transcription will need; answered by nothing, as what fails here fails again where it is said. */
  | { readonly type: 'prepare-speech'; readonly recognizer: SpeechRecognizer }
  /** `abort` with the same id ends it. `path` is a WAV as wav.ts has it. */
  | {
      readonly type: 'transcribe';
      readonly id: number;
      readonly path: string;
      readonly recognizer: SpeechRecognizer;
      /** ISO 639-1; one that the recogniser does not know is left to it. */
      readonly language?: string;
    }
  /** The next samples of a microphone: mono, 16 kHz, -1 … 1. */
  | {
      readonly type: 'listen';
      readonly id: number;
      readonly stream: string;
      readonly samples: Float32Array;
    }
  | { readonly type: 'stop-listening'; readonly stream: string }
  /** What there is of GPUs; answered with `graphics`. */
  | { readonly type: 'graphics'; readonly id: number }
  /** What came of a `draw`. */
  | { readonly type: 'drawn'; readonly drawing: number; readonly outcome: DrawingOutcome }
  | { readonly type: 'shutdown' };

/** The model that is loaded, or a package that only recognises speech. */
export type SpeechRecognizer =
  | { readonly kind: 'model' }
  | { readonly kind: 'package'; readonly folder: string };

export type EngineMessage =
  | { readonly type: 'ready'; readonly runtime: string; readonly pid: number }
  | {
      readonly type: 'load-progress';
      readonly id: number;
      readonly phase: LoadPhase;
      readonly fraction: number;
    }
  | { readonly type: 'loaded'; readonly id: number; readonly model: LoadedModel }
  | { readonly type: 'unloaded'; readonly id: number }
  | { readonly type: 'token-count'; readonly id: number; readonly promptTokens: number }
  | {
      readonly type: 'transcript';
      readonly id: number;
      readonly text: string;
      /** Whether there was a voice at all. */
      readonly spoken: boolean;
      /** Of the voice, without the silence around it. */
      readonly speechMs: number;
      readonly elapsedMs: number;
      readonly segments: readonly SpokenSegment[];
    }
  | { readonly type: 'heard'; readonly id: number; readonly events: readonly SpeechEvent[] }
  | { readonly type: 'graphics'; readonly id: number; readonly graphics: Graphics }
  /** Asks the app for an SVG; answered with `drawn`. */
  | {
      readonly type: 'draw';
      readonly drawing: number;
      readonly what: 'size' | 'pixels';
      readonly request: DrawingRequest;
    }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorInfo }
  | { readonly type: 'generation'; readonly id: number; readonly event: GenerationEvent };

export interface LoadOptions {
  /** `auto` tries CUDA, then what the system offers, then the CPU, and says why each was passed over. */
  readonly provider: Provider | 'auto';
  /** Of several NVIDIA GPUs, as CUDA counts; absent: the one with the most free memory. */
  readonly deviceId?: number;
  /** Rows of the KV cache; at most the manifest's `contextLength`, which is the default. */
  readonly contextLength?: number;
  /** CPU threads of one run; default: the physical cores. */
  readonly threads?: number;
  /** A file that remembers which large files were found whole, so that they are not read again at every load. */
  readonly verifiedFiles?: string;
  /** Loads even where less memory is free than the model needs, by its own account. */
  readonly force?: boolean;
  /** Whether repeated text may be guessed and checked several tokens in a run; default true. What is written stays the same. */
  readonly speculation?: boolean;
  /** On CUDA, prompts of models of 4 bits are read in 8-bit floats where the GPU can, twice as fast as in 16 bits; default true. */
  readonly float8?: boolean;
  /** Of the KV cache on CUDA; float16 unless told, and where the model or the GPU has no kernels for 8 bits. */
  readonly cacheType?: CacheType;
}

export type LoadPhase = 'verify' | 'read' | 'warm-up';

/** A provider that was tried before the one in use, and why it could not be. */
export interface ProviderFailure {
  readonly provider: Provider;
  readonly error: ErrorInfo;
}

export interface LoadedModel {
  readonly manifest: ModelInfo;
  readonly provider: RunsOn;
  readonly device: Device;
  /** What the provider lacks of the model's operators and the processor does instead; absent where it has them all. */
  readonly operatorsOnCpu?: readonly string[];
  readonly contextLength: number;
  /** Its chat template tells it of tools, in a way that is known here; absent: it cannot call any. */
  readonly takesTools?: boolean;
  readonly passedOver: readonly ProviderFailure[];
  readonly loadMs: number;
  readonly memoryBytes: number;
}

/** One that this machine's engine has. */
export interface LocalModel extends LoadedModel {
  readonly manifest: Manifest;
  readonly provider: Provider;
}

/** The engine as everybody outside it sees it. */
export type EngineStatus =
  | { readonly state: 'stopped' }
  | {
      readonly state: 'loading';
      readonly modelId: string;
      readonly phase: LoadPhase;
      readonly fraction: number;
    }
  | { readonly state: 'ready'; readonly model: LoadedModel }
  /** Its memory was given back because nobody asked for anything in a while; the next request loads it again. */
  | { readonly state: 'unloaded'; readonly model: LoadedModel }
  | { readonly state: 'failed'; readonly modelId: string | null; readonly error: ErrorInfo };

/** The model in use, being loaded, put to rest or failed. */
export function modelIdOf(status: EngineStatus): string | null {
  switch (status.state) {
    case 'ready':
    case 'unloaded':
      return status.model.manifest.id;
    case 'loading':
    case 'failed':
      return status.modelId;
    case 'stopped':
      return null;
    default:
      return assertNever(status);
  }
}

/** What chat and server ask of the engine's supervisor in `app/`. */
export interface EngineService {
  status(): EngineStatus;
  onStatus(listener: (status: EngineStatus) => void): () => void;
  /** Ends with `finished` or `failed`, never throws; aborting the signal ends it with reason `aborted` within one step. */
  generate(request: GenerationRequest, signal: AbortSignal): AsyncIterable<GenerationEvent>;
  countTokens(request: GenerationRequest): Promise<number>;
  /** The engine of a model that runs elsewhere: it can be asked whichever model is in use. Null for those of this machine. */
  of?(modelId: string): ModelEngine | null;
}

/** One model that is always there to be asked. */
export interface ModelEngine extends Pick<EngineService, 'status' | 'generate' | 'countTokens'> {
  readonly model: LoadedModel;
}
