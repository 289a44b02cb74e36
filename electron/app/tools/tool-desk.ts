import type { HandlersOf } from '../../contract/api';
import type { ConversationOptions } from '../../contract/conversations';
import type { RequestDraft } from '../../contract/request-draft';
import type { Settings } from '../../contract/settings';
import type { ToolServerStatus } from '../../contract/tools';
import type { AnswerEvent } from '../turns/running-turn';
import { Consents, needsNoConsent } from './consents';
import { type OfferedTool, offeredTools, toToolUse } from './offer';
import { readServers } from './read-servers';
import { answerInRounds } from './rounds';
import type { SignIns } from './sign-ins';
import { type SpawnMcpProcess, ToolServers, type ToolServersOptions } from './tool-servers';

export interface ToolDeskOptions {
  readonly spawn: SpawnMcpProcess | null;
  readonly signIns: SignIns;
  readonly keepImage: ToolServersOptions['keepImage'];
  readonly settings: () => Settings;
  readonly updateSettings: (change: Partial<Settings>) => void;
  readonly changed: (statuses: readonly ToolServerStatus[]) => void;
  readonly log: (line: string) => void;
}

export interface AnswerPlace {
  readonly turnId: string;
  readonly options: ConversationOptions;
  readonly firstRound: number;
}

/** The tools of the app: the servers that have them, which a conversation uses, and the user's consent to each call. */
export class ToolDesk {
  readonly #options: ToolDeskOptions;
  readonly #servers: ToolServers;
  readonly #consents = new Consents();
  readonly handlers: HandlersOf<'tools'>;

  constructor(options: ToolDeskOptions) {
    this.#options = options;
    const { spawn, signIns, keepImage, changed, log } = options;
    this.#servers = new ToolServers({ spawn, signIns, keepImage, changed, log });
    this.handlers = {
      'tools.servers': () => this.#servers.statuses(),
      'tools.log': (id) => this.#servers.log(id),
      'tools.restart': (id) => this.#servers.restart(id),
      'tools.signIn': (id) => this.#servers.signIn(id),
      'tools.finishSignIn': (id, address) => this.#servers.finishSignIn(id, address),
      'tools.signOut': (id) => this.#servers.signOut(id),
      'tools.prompt': (id, name, args) => this.#servers.calls.prompt(id, name, args),
      'tools.resource': (id, uri) => this.#servers.calls.resource(id, uri),
      'tools.readServers': readServers,
      'tools.consent': (turnId, callId, consent) => this.#consents.answer(turnId, callId, consent),
    };
  }

  /** Starts and ends servers as the settings have them. */
  follow(settings: Settings): void {
    this.#servers.follow(settings);
  }

  /** What is left of servers that there are no more, which until now could have been brought back. */
  forgetRemoved(): void {
    this.#servers.forgetRemoved();
  }

  /** What a conversation's model is told of. */
  offered(options: ConversationOptions): readonly OfferedTool[] {
    return offeredTools(this.#servers.statuses(), this.#options.settings(), options);
  }

  /** A request with the conversation's tools, to be measured. */
  withTools(draft: RequestDraft, options: ConversationOptions): RequestDraft {
    const toolUse = toToolUse(this.offered(options));
    return { ...draft, ...(toolUse && { toolUse }) };
  }

  /** An answer that may call the conversation's tools, as they are when it begins. */
  answer(
    draft: RequestDraft,
    signal: AbortSignal,
    place: AnswerPlace,
    generate: (draft: RequestDraft) => AsyncIterable<AnswerEvent>,
  ): AsyncIterable<AnswerEvent> {
    const tools = this.offered(place.options);
    if (tools.length === 0) return generate(draft);
    return answerInRounds(draft, signal, {
      generate,
      tools,
      firstRound: place.firstRound,
      needsNoConsent: (tool) => needsNoConsent(tool, this.#options.settings()),
      ask: async (callId, tool) => {
        const consent = await this.#consents.ask(place.turnId, callId, signal);
        if (consent === 'always') this.#allow(tool);
        return consent;
      },
      call: ({ server, info }, args) => this.#servers.calls.tool(server.id, info.name, args, signal),
      now: () => Math.round(performance.now()),
    });
  }

  close(): Promise<void> {
    return this.#servers.close();
  }

  #allow({ server, info }: OfferedTool): void {
    const { settings, updateSettings } = this.#options;
    const toolServers = settings().toolServers.map((known) =>
      known.id === server.id
        ? { ...known, allowed: { ...known.allowed, [info.name]: info.fingerprint } }
        : known,
    );
    updateSettings({ toolServers });
  }
}
