import { AppError, toErrorInfo } from '../../contract/errors';
import type { GenerationEvent, GenerationStats } from '../../contract/generation';
import type { RequestDraft } from '../../contract/request-draft';
import {
  type CalledTool,
  type Consent,
  MAX_CALLS_A_ROUND,
  MAX_TOOL_ROUNDS,
  type ToolResult,
} from '../../contract/tools';
import { addStats } from '../turns/generation-stats';
import type { AnswerEvent, UnplacedCall } from '../turns/running-turn';
import { type OfferedTool, toToolUse } from './offer';
import { roundMessages } from './tool-messages';

/** What an answer in rounds needs of those around it. */
export interface RoundsHost {
  readonly generate: (draft: RequestDraft) => AsyncIterable<AnswerEvent>;
  readonly tools: readonly OfferedTool[];
  /** The first round's number; an answer that is continued has some already. */
  readonly firstRound: number;
  readonly needsNoConsent: (tool: OfferedTool) => boolean;
  /** Null where the answer is stopped meanwhile. */
  readonly ask: (callId: string, tool: OfferedTool, signal: AbortSignal) => Promise<Consent | null>;
  /** @throws AppError `tool-failed`, `aborted` */
  readonly call: (
    tool: OfferedTool,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ) => Promise<ToolResult>;
  /** Milliseconds. */
  readonly now: () => number;
}

type Finished = Extract<GenerationEvent, { readonly type: 'finished' }>;

/** What one generation left behind. */
interface Round {
  text: string;
  calls: UnplacedCall[];
  finished: Finished | null;
}

/**
 * An answer whose model may call tools: it is generated, what it calls is carried out, and with the results it goes on, until it calls
 * nothing or the rounds are used up. To its reader it is one answer: it begins once and ends once.
 */
export async function* answerInRounds(
  draft: RequestDraft,
  signal: AbortSignal,
  host: RoundsHost,
): AsyncGenerator<AnswerEvent> {
  let stats: GenerationStats | null = null;
  let request = draft;
  const gaps = new Gaps();
  for (let number = 0; ; number++) {
    // After the last round it answers with what it has. A form of the answer and its continuation exclude each other.
    const toolUse = number < MAX_TOOL_ROUNDS && !request.prefix ? toToolUse(host.tools) : undefined;
    const round: Round = { text: '', calls: [], finished: null };
    yield* generateRound({ ...request, ...(toolUse && { toolUse }) }, round, {
      host,
      number: host.firstRound + number,
      isFirst: number === 0,
      gaps,
    });
    const { finished } = round;
    if (!finished) return;
    stats = addStats(stats, finished.stats);
    if (round.calls.length === 0 || finished.reason !== 'stop') {
      for (const call of round.calls) yield { type: 'tool', call: cut(call, finished) };
      yield { ...finished, stats };
      return;
    }
    const done: UnplacedCall[] = [];
    for (const [index, call] of round.calls.entries()) {
      const outcomes = index < MAX_CALLS_A_ROUND ? carryOut(call, signal, host) : [refused(call)];
      let last = call;
      for await (const outcome of outcomes) {
        last = outcome;
        yield { type: 'tool', call: outcome };
      }
      done.push(last);
      if (signal.aborted) {
        yield { type: 'finished', reason: 'aborted', stats };
        return;
      }
    }
    gaps.roundEnded();
    const { prefix: _, ...rest } = request;
    const placed = done.map((call): CalledTool => ({ ...call, textBefore: 0, reasoningBefore: 0 }));
    request = {
      ...rest,
      messages: [
        ...request.messages,
        ...roundMessages((draft.prefix && number === 0 ? draft.prefix.answer : '') + round.text, placed),
      ],
    };
  }
}

interface RoundPlace {
  readonly host: RoundsHost;
  readonly number: number;
  readonly isFirst: boolean;
  readonly gaps: Gaps;
}

async function* generateRound(
  request: RequestDraft,
  round: Round,
  { host, number, isFirst, gaps }: RoundPlace,
): AsyncGenerator<AnswerEvent> {
  for await (const event of host.generate(request)) {
    switch (event.type) {
      case 'started':
      case 'documents':
        if (isFirst) yield event;
        break;
      case 'delta':
        if (event.channel === 'answer') round.text += event.text;
        yield { ...event, text: gaps.before(event.channel, event.text) + event.text };
        break;
      case 'was-reasoning':
        round.text = '';
        yield event;
        break;
      case 'tool-call': {
        const known = round.calls[event.index];
        const call = known ?? newCall(event, number, host.tools);
        round.calls[event.index] = { ...call, arguments: call.arguments + event.arguments };
        // Its arguments follow when they are whole.
        if (!known) yield { type: 'tool', call };
        break;
      }
      case 'finished':
        round.finished = event;
        break;
      default:
        yield event;
    }
  }
}

function newCall(
  event: Extract<GenerationEvent, { readonly type: 'tool-call' }>,
  round: number,
  tools: readonly OfferedTool[],
): UnplacedCall {
  const name = event.name ?? '';
  const tool = tools.find((offered) => offered.name === name);
  return {
    // Some templates take no other ids than the engine's own.
    id: event.id ?? `${round}-${event.index}`,
    round,
    serverId: tool?.server.id ?? '',
    server: tool?.server.name ?? '',
    tool: tool?.info.name ?? name,
    title: tool?.info.title ?? name,
    name,
    arguments: '',
    state: 'writing',
  };
}

/** One call from its arguments to its result; each step it takes is told. Ends early where the answer is stopped. */
async function* carryOut(
  call: UnplacedCall,
  signal: AbortSignal,
  host: RoundsHost,
): AsyncGenerator<UnplacedCall> {
  const tool = host.tools.find(({ name }) => name === call.name);
  if (!tool) {
    const { name } = call;
    yield failed(call, new AppError('tool-failed', `There is no tool ${name}.`, { kind: 'tool-gone', name }));
    return;
  }
  const args = objectIn(call.arguments);
  if (!args) {
    const message =
      'The arguments of this call are not a JSON object. Call the tool again with valid arguments.';
    yield failed(call, new AppError('tool-failed', message, { kind: 'tool-arguments' }));
    return;
  }
  if (!host.needsNoConsent(tool)) {
    // Asked before it is shown: an answer may come while that is still being kept.
    const asked = host.ask(call.id, tool, signal);
    yield { ...call, state: 'asking', readOnly: tool.info.readOnly };
    const consent = await asked;
    if (consent === null || consent === 'deny') {
      yield { ...call, state: consent === null ? 'stopped' : 'denied' };
      return;
    }
  }
  yield { ...call, state: 'running' };
  const began = host.now();
  const durationMs = () => Math.max(0, host.now() - began);
  try {
    const result = await host.call(tool, args, signal);
    yield { ...call, state: result.isError ? 'failed' : 'done', result, durationMs: durationMs() };
  } catch (error) {
    yield signal.aborted
      ? { ...call, state: 'stopped', durationMs: durationMs() }
      : { ...failed(call, error), durationMs: durationMs() };
  }
}

const failed = (call: UnplacedCall, error: unknown): UnplacedCall => ({
  ...call,
  state: 'failed',
  error: toErrorInfo(error),
});

const refused = (call: UnplacedCall): UnplacedCall =>
  failed(
    call,
    new AppError(
      'tool-failed',
      `Only ${MAX_CALLS_A_ROUND} calls are carried out at once. Call this one again by itself.`,
      { kind: 'tool-too-many', limit: MAX_CALLS_A_ROUND },
    ),
  );

/** Of an answer that ended while it called: nothing half written is carried out. */
function cut(call: UnplacedCall, { reason }: Finished): UnplacedCall {
  if (reason === 'aborted') return { ...call, state: 'stopped' };
  const message = 'The answer reached its longest length before the call was complete.';
  return failed(call, new AppError('tool-failed', message, { kind: 'tool-cut' }));
}

function objectIn(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(json.trim() === '' ? '{}' : json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** What several rounds write stands in one text, with an empty line between. */
class Gaps {
  readonly #written = { answer: false, reasoning: false };
  readonly #due = { answer: false, reasoning: false };

  roundEnded(): void {
    this.#due.answer = this.#written.answer;
    this.#due.reasoning = this.#written.reasoning;
  }

  before(channel: 'answer' | 'reasoning', text: string): string {
    if (text === '') return '';
    const due = this.#due[channel];
    this.#due[channel] = false;
    this.#written[channel] = true;
    return due ? '\n\n' : '';
  }
}
