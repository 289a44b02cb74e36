import type { ErrorInfo } from './errors';
import type { CudaLibraries, FoundModel, ModelTask } from './models';

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
    }
  | {
      readonly type: 'done';
      readonly found?: FoundModel;
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
