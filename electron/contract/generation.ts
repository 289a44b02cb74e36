import type { Device } from './device';
import type { ErrorInfo } from './errors';
import type { AnswerFormat, ToolCall, ToolUse } from './structured';

/** `tool`: what a tool answered. */
export type Role = 'system' | 'user' | 'assistant' | 'tool';

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  /** `path` is a file the engine may read; the app has stored and checked it. */
  | { readonly type: 'image'; readonly path: string; readonly sha256: string }
  | { readonly type: 'audio'; readonly path: string; readonly sha256: string };

/** One turn as the model sees it; an assistant's reasoning is never sent back. */
export interface ChatMessage {
  readonly role: Role;
  readonly content: readonly ContentPart[];
  /** Of an assistant's message: what it called. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool's message: the call that it answers. */
  readonly toolCallId?: string;
}

/** Names and meanings of OpenAI's API and, for `topK`, `minP` and `repetitionPenalty`, of Hugging Face's `generate`. */
export interface SamplingParams {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  /** 0 is off. */
  readonly topK: number;
  /** 0 is off. */
  readonly minP: number;
  /** 1 is off. */
  readonly repetitionPenalty: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
  /** Same seed, same text. Absent: a new one each time, reported in the statistics. */
  readonly seed?: number;
  /** Reasoning counts too. */
  readonly maxTokens?: number;
  /** The answer ends before the first of these. They are not looked for in the reasoning. */
  readonly stop: readonly string[];
  /** Token id to a bias added to its logit, -100 … 100. */
  readonly logitBias: Readonly<Record<number, number>>;
}

export interface GenerationRequest {
  readonly messages: readonly ChatMessage[];
  readonly sampling: Partial<SamplingParams>;
  readonly enableThinking: boolean;
  /** What the assistant had already written; the model continues it. */
  readonly prefix?: { readonly reasoning: string; readonly answer: string };
  /** The form that the answer must have; absent: any text. Not together with `prefix`. */
  readonly format?: AnswerFormat;
  readonly toolUse?: ToolUse;
}

export type FinishReason = 'stop' | 'length' | 'aborted';

export type Provider = 'cuda' | 'cpu' | 'webgpu' | 'directml' | 'coreml';

/** `remote`: another engine, which the user connected to. */
export type RunsOn = Provider | 'remote';

export interface GenerationStats {
  readonly promptTokens: number;
  /** Those of pictures and sound among them; absent where there were none. */
  readonly mediaTokens?: number;
  /** Reading and encoding pictures and sound, a part of `firstTokenMs`; 0 where their rows were still known. */
  readonly mediaMs?: number;
  /** Reasoning and answer together. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Tokens that were guessed from the text so far and checked several in a run; absent where none were. */
  readonly draftTokens?: number;
  /** Those of them that were written. */
  readonly acceptedTokens?: number;
  /** Waiting for other requests, before the first work on this one. */
  readonly queuedMs: number;
  /** From the start of work to the first token. */
  readonly firstTokenMs: number;
  /** From the first token of reasoning to its last; 0 when there was none. */
  readonly reasoningMs: number;
  readonly totalMs: number;
  /** Output tokens after the first, over the time after the first. 0 for a single token. */
  readonly tokensPerSecond: number;
  readonly provider: RunsOn;
  /** Absent in answers that earlier versions kept. */
  readonly device?: Device;
  /** This and what follows are absent where another engine wrote the answer and does not say. */
  readonly precision?: string;
  /** Peak resident memory of the engine process; on a GPU, of the device. */
  readonly peakMemoryBytes?: number;
  readonly seed?: number;
}

export type Channel = 'reasoning' | 'answer';

export type GenerationEvent =
  | { readonly type: 'started'; readonly promptTokens: number }
  /** `tokens` new tokens of one channel; `text` is whole characters, so it may be empty or lag behind. */
  | { readonly type: 'delta'; readonly channel: Channel; readonly text: string; readonly tokens: number }
  /** All of the answer's text so far was reasoning: the prompt had opened it, which only its end has shown. */
  | { readonly type: 'was-reasoning' }
  /** More of call number `index`, in which its name comes first, with its id, and then its arguments in pieces of JSON text. */
  | {
      readonly type: 'tool-call';
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments: string;
    }
  | { readonly type: 'finished'; readonly reason: FinishReason; readonly stats: GenerationStats }
  | { readonly type: 'failed'; readonly error: ErrorInfo };
