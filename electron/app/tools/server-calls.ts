import { AppError, type ErrorInfo } from '../../contract/errors';
import type { ToolProcess } from '../../contract/model-tool';
import type { McpCommand, McpMessage } from '../../contract/tools';

/** What servers answer to what they are asked. */
export type Reply = Extract<McpMessage, { type: 'result' | 'prompt-text' | 'resource-files' }>;
export type ReplyTo = {
  readonly call: Extract<Reply, { type: 'result' }>;
  readonly prompt: Extract<Reply, { type: 'prompt-text' }>;
  readonly resource: Extract<Reply, { type: 'resource-files' }>;
};
type Asked<Kind extends keyof ReplyTo> = Omit<Extract<McpCommand, { type: Kind }>, 'id'>;

type Outcome = { readonly reply: Reply } | { readonly error: ErrorInfo };

interface Call {
  readonly server: string;
  readonly settle: (outcome: Outcome) => void;
}

/** What servers have been asked and have not answered yet. */
export class ServerCalls {
  readonly #calls = new Map<number, Call>();
  #ids = 0;

  /** @throws AppError `tool-failed`, `aborted` */
  async ask<Kind extends keyof ReplyTo>(
    process: Pick<ToolProcess<McpCommand, McpMessage>, 'send'>,
    asked: Asked<Kind>,
    signal?: AbortSignal,
  ): Promise<ReplyTo[Kind]> {
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
      process.send({ ...asked, id } as unknown as McpCommand);
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
