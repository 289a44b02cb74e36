import type { ErrorInfo } from './errors';
import type { HubHit, HubModel, HubVariant } from './hub';
import type { ConvertRequest, CudaLibraries, FoundModel, ModelTask } from './models';

/** How the process reaches a hub. The token is told to it alone, never on its command line. */
export interface HubConnection {
  readonly endpoint: string;
  readonly token: string | null;
  /** `http://`, `https://` or `socks5://`; null: as the environment says. */
  readonly proxy: string | null;
}

/** A model to be fetched, as it was when the user agreed to it. */
export interface HubOrder {
  readonly repository: string;
  readonly revision: string;
  readonly commit: string;
  readonly variant: string;
  /** Null: its files are used as they are. */
  readonly precision: ConvertRequest['precision'] | null;
  readonly keepSource: boolean;
  readonly id: string;
  readonly name: string;
  readonly license: string | null;
}

/** A repository without what only the app knows: where models go, and what it takes to run them here. */
export interface HubFound extends Omit<HubModel, 'name' | 'variants' | 'folder' | 'freeBytes'> {
  readonly variants: readonly (Pick<HubVariant, 'id' | 'layout' | 'files' | 'bytes'> & {
    readonly architecture: {
      readonly family: string;
      readonly parameters: number;
      /** Bytes of the cache, in the type that the manifest will count in. */
      readonly kvPerToken: number;
      readonly contextLength: number;
    } | null;
  })[];
}

/** What the app says to the process that works on models (models/builder/tool.ts): one command a process. */
export type ToolCommand =
  | { readonly type: 'inspect'; readonly path: string }
  /** Copies a package, comparing every file with its checksum on the way, or describes and copies an ONNX folder. */
  | {
      readonly type: 'import';
      readonly path: string;
      /** An empty name beside the other models; the folder appears when it is whole. */
      readonly out: string;
      readonly id: string;
      readonly name: string | null;
    }
  | {
      readonly type: 'convert';
      readonly path: string;
      readonly out: string;
      readonly id: string;
      readonly name: string;
      readonly precision: 'int4' | 'int8' | 'fp16';
      readonly block: 32 | 64 | 128;
      readonly headInt8: boolean;
    }
  | { readonly type: 'verify'; readonly folder: string; readonly verifiedFiles: string }
  | { readonly type: 'search-hub'; readonly connection: HubConnection; readonly query: string }
  | { readonly type: 'look-at-hub'; readonly connection: HubConnection; readonly address: string }
  /** Downloads, and converts where it is a checkpoint. Ended anywhere, the same command goes on. */
  | {
      readonly type: 'get';
      readonly connection: HubConnection;
      readonly order: HubOrder;
      /** Where the repository's files go; a checkpoint stays there if it is to be kept. */
      readonly into: string;
      /** Of the finished package. */
      readonly out: string;
    }
  /** Versions, sizes and addresses of the GPU libraries. */
  | { readonly type: 'find-libraries'; readonly cuda: 12 | 13 }
  | { readonly type: 'install-libraries'; readonly cuda: 12 | 13; readonly into: string };

export type ToolMessage =
  | {
      readonly type: 'progress';
      readonly phase: NonNullable<ModelTask['phase']>;
      /** Of the whole command. */
      readonly fraction: number;
      readonly secondsLeft: number | null;
      readonly transfer?: ModelTask['transfer'];
      readonly waiting?: ModelTask['waiting'];
    }
  | {
      readonly type: 'done';
      readonly found?: FoundModel;
      readonly hub?: HubFound;
      readonly hits?: readonly HubHit[];
      readonly libraries?: CudaLibraries['packages'];
    }
  | { readonly type: 'failed'; readonly error: ErrorInfo };

/** That process as a host started it; the one that reads documents speaks of other things in the same way. */
export interface ToolProcess<Command = ToolCommand, Message = ToolMessage> {
  send(command: Command): void;
  onMessage(listener: (message: Message) => void): void;
  /** Called once. `reason` ends the sentence "The process …". */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}

export type SpawnTool = () => ToolProcess;
