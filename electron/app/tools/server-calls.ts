import type { Attachment } from '../../contract/conversations';
import { AppError, type ErrorInfo } from '../../contract/errors';
import type { ToolProcess } from '../../contract/model-tool';
import type { McpCommand, McpMessage, ResourceFile, ReturnedImage, ToolResult } from '../../contract/tools';

/** What servers answer to what they are asked. */
type Reply = Extract<McpMessage, { type: 'result' | 'prompt-text' | 'resource-files' }>;
type ReplyTo = {
  readonly call: Extract<Reply, { type: 'result' }>;
  readonly prompt: Extract<Reply, { type: 'prompt-text' }>;
  readonly resource: Extract<Reply, { type: 'resource-files' }>;
};
type Asked<Kind extends keyof ReplyTo> = Omit<Extract<McpCommand, { type: Kind }>, 'id' | 'limitMs'>;

type Outcome = { readonly reply: Reply } | { readonly error: ErrorInfo };

export interface ServerCallsOptions {
  /** Of a server that is ready. @throws AppError `tool-failed` */
  readonly processOf: (server: string) => Pick<ToolProcess<McpCommand, McpMessage>, 'send'>;
  /** Keeps a picture that a tool returned; null where it is none. */
  readonly keepImage: (image: ReturnedImage) => Promise<Attachment | null>;
  /** For each call. */
  readonly limitMs: number;
}

interface Call {
  readonly server: string;
  readonly settle: (outcome: Outcome) => void;
}

/** What servers are asked, and have not answered yet. */
export class ServerCalls {
  readonly #options: ServerCallsOptions;
  readonly #calls = new Map<number, Call>();
  #ids = 0;

  constructor(options: ServerCallsOptions) {
    this.#options = options;
  }

  /** @throws AppError `tool-failed`, `aborted` */
  async tool(
    server: string,
    tool: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<ToolResult> {
    const asked = { type: 'call', server, tool, arguments: args } as const;
    const { result, images } = await this.#ask<'call'>(asked, signal);
    if (images.length === 0) return result;
    const kept = (await Promise.all(images.map((image) => this.#options.keepImage(image)))).filter(
      (image) => image !== null,
    );
    return kept.length > 0 ? { ...result, images: kept } : result;
  }

  /** @throws AppError `tool-failed` */
  async prompt(server: string, name: string, args: Readonly<Record<string, string>>): Promise<string> {
    return (await this.#ask<'prompt'>({ type: 'prompt', server, name, arguments: args })).text;
  }

  /** @throws AppError `tool-failed` */
  async resource(server: string, uri: string): Promise<readonly ResourceFile[]> {
    return (await this.#ask<'resource'>({ type: 'resource', server, uri })).files;
  }

  async #ask<Kind extends keyof ReplyTo>(asked: Asked<Kind>, signal?: AbortSignal): Promise<ReplyTo[Kind]> {
    const { processOf, limitMs } = this.#options;
    const process = processOf(asked.server);
    if (signal?.aborted) throw new AppError('aborted', 'The call was stopped.');
    const id = ++this.#ids;
    const outcome = await new Promise<Outcome>((resolve) => {
      const settle: Call['settle'] = (value) => {
        this.#calls.delete(id);
        signal?.removeEventListener('abort', cancel);
        resolve(value);
      };
      // Whoever stops it does not wait for the server to agree.
      const cancel = () => {
        process.send({ type: 'cancel', id });
        settle({ error: { code: 'aborted', message: 'The call was stopped.' } });
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.#calls.set(id, { server: asked.server, settle });
      process.send({ ...asked, id, limitMs } as unknown as McpCommand);
    });
    if ('error' in outcome) throw AppError.of(outcome.error);
    // By its id it answers this one.
    return outcome.reply as ReplyTo[Kind];
  }

  answered(reply: Reply): void {
    this.#calls.get(reply.id)?.settle({ reply });
  }

  failed(id: number, error: ErrorInfo): void {
    this.#calls.get(id)?.settle({ error });
  }

  /** All that this server was asked. */
  failAll(server: string, error: ErrorInfo): void {
    for (const call of [...this.#calls.values()]) if (call.server === server) call.settle({ error });
  }
}
