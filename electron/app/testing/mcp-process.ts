import { type ToolServer, ToolServerSchema } from '../../contract/tool-servers';
import type { McpCommand, McpMessage, ReturnedImage, ToolInfo, ToolResult } from '../../contract/tools';
import type { McpProcess } from '../tools/tool-servers';

export const toolInfo = (name: string, more: Partial<ToolInfo> = {}): ToolInfo => ({
  name,
  title: name,
  description: `Does ${name}.`,
  parameters: { type: 'object', properties: {} },
  readOnly: false,
  fingerprint: `${name}-1`,
  ...more,
});

export const toolServer = (id: string, more: Partial<ToolServer> = {}): ToolServer =>
  ToolServerSchema.parse({
    id,
    name: id,
    enabled: true,
    transport: { type: 'stdio', command: id, args: [], env: {} },
    ...more,
  });

/** The process of the servers as a test plays it: what it was told, and what it says. */
export class FakeMcpProcess implements McpProcess {
  readonly commands: McpCommand[] = [];
  killed = false;
  readonly #listeners: ((message: McpMessage) => void)[] = [];
  readonly #exits: ((reason: string) => void)[] = [];
  /** Returned with every answer. */
  images: readonly ReturnedImage[] = [];
  /** By server; one that is not here starts for ever. */
  tools: Readonly<Record<string, readonly ToolInfo[]>> = {};
  /** Null: it does not return. */
  answer: (call: Extract<McpCommand, { type: 'call' }>) => ToolResult | null = ({ tool }) => ({
    text: `${tool} says hello`,
    length: tool.length + 11,
    isError: false,
  });

  send(command: McpCommand): void {
    this.commands.push(command);
    if (command.type === 'start') {
      const tools = this.tools[command.server.id];
      if (tools) this.say({ type: 'ready', server: command.server.id, tools, pid: null });
    }
    if (command.type === 'call') {
      const result = this.answer(command);
      // As from another process: later.
      if (result)
        setImmediate(() => this.say({ type: 'result', id: command.id, result, images: this.images }));
    }
    if (command.type === 'shutdown') this.say({ type: 'closed' });
  }

  say(message: McpMessage): void {
    for (const listener of [...this.#listeners]) listener(message);
  }

  exit(reason: string): void {
    for (const listener of [...this.#exits]) listener(reason);
  }

  onMessage(listener: (message: McpMessage) => void): void {
    this.#listeners.push(listener);
  }

  onExit(listener: (reason: string) => void): void {
    this.#exits.push(listener);
  }

  kill(): void {
    this.killed = true;
  }

  sent<T extends McpCommand['type']>(type: T): readonly Extract<McpCommand, { type: T }>[] {
    return this.commands.filter(
      (command): command is Extract<McpCommand, { type: T }> => command.type === type,
    );
  }
}
