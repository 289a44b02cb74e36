import type { TurnEvent, TurnSnapshot } from '../../electron/contract/conversations';
import { type CalledTool, isOver } from '../../electron/contract/tools';

type Delta = Extract<TurnEvent, { type: 'delta' }>;

/**
 * One answer while it is written. It is changed in place, because hundreds of tokens a second must not make hundreds of copies;
 * what draws it is told once a frame (stores/live.ts).
 */
export class LiveTurn {
  readonly turnId: string;
  readonly conversationId: string;
  readonly messageId: string;
  seq = 0;
  reasoning = '';
  answer = '';
  /** Made anew with every change, so that what draws it sees that it changed. */
  toolCalls: readonly CalledTool[] = [];
  reasoningTokens = 0;
  answerTokens = 0;
  promptTokens: number | null = null;
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
  reasoningStartedAt: number | null = null;
  reasoningEndedAt: number | null = null;

  constructor(ids: { turnId: string; conversationId: string; messageId: string }, now: number) {
    this.turnId = ids.turnId;
    this.conversationId = ids.conversationId;
    this.messageId = ids.messageId;
    this.startedAt = now;
  }

  /** The answer as it stands on the other side; events up to its `seq` are in it. */
  static fromSnapshot(snapshot: TurnSnapshot, now: number): LiveTurn {
    const { message } = snapshot;
    const turn = new LiveTurn({ ...snapshot, messageId: message.id }, now);
    turn.seq = snapshot.seq;
    turn.reasoning = message.reasoning;
    turn.answer = message.text;
    turn.toolCalls = message.toolCalls ?? [];
    turn.reasoningTokens = snapshot.reasoningTokens;
    turn.answerTokens = snapshot.outputTokens - snapshot.reasoningTokens;
    if (snapshot.reasoningMs !== null) {
      turn.reasoningStartedAt = now - snapshot.reasoningMs;
      if (message.text !== '' || turn.toolCalls.length > 0) turn.reasoningEndedAt = now;
    }
    return turn;
  }

  /** `repeated`: already in the text. `gap`: something before it is missing, so the turn has to be attached again. */
  apply(event: TurnEvent, now: number): 'applied' | 'repeated' | 'gap' {
    if (event.seq <= this.seq) return 'repeated';
    if (event.seq > this.seq + 1) return 'gap';
    this.seq = event.seq;
    if (event.type === 'started') this.promptTokens = event.promptTokens;
    else if (event.type === 'delta') this.#append(event, now);
    else if (event.type === 'tool') this.#call(event.call, now);
    else if (event.type === 'was-reasoning') this.#wasReasoning(now);
    return 'applied';
  }

  #append(delta: Delta, now: number): void {
    if (delta.channel === 'reasoning') {
      this.reasoning += delta.text;
      this.reasoningTokens += delta.tokens;
      this.#resumeReasoning(now);
    } else {
      this.answer += delta.text;
      this.answerTokens += delta.tokens;
      if (this.reasoningStartedAt !== null && delta.text !== '') this.reasoningEndedAt ??= now;
    }
  }

  /** As the app moves it (app/turns/running-turn.ts). */
  #wasReasoning(now: number): void {
    const from = this.toolCalls.at(-1)?.textBefore ?? 0;
    this.reasoning += this.answer.slice(from).trim();
    this.answer = this.answer.slice(0, from);
    this.reasoningTokens += this.answerTokens;
    this.answerTokens = 0;
    this.reasoningStartedAt ??= this.startedAt;
    this.reasoningEndedAt ??= now;
  }

  #call(call: CalledTool, now: number): void {
    const known = this.toolCalls.some(({ id }) => id === call.id);
    this.toolCalls = known
      ? this.toolCalls.map((other) => (other.id === call.id ? call : other))
      : [...this.toolCalls, call];
    if (this.reasoningStartedAt !== null) this.reasoningEndedAt ??= now;
  }

  /** Reasoning that goes on after a call counts on from where it was. */
  #resumeReasoning(now: number): void {
    if (this.reasoningStartedAt === null) this.reasoningStartedAt = now;
    else if (this.reasoningEndedAt !== null) this.reasoningStartedAt += now - this.reasoningEndedAt;
    this.reasoningEndedAt = null;
  }

  reasoningMs(now: number): number {
    if (this.reasoningStartedAt === null) return 0;
    return (this.reasoningEndedAt ?? now) - this.reasoningStartedAt;
  }

  /** `calling`: a tool is asked for, or runs; `preparing`: the model reads, at first or what a tool returned. */
  get phase(): 'preparing' | 'reasoning' | 'calling' | 'answering' {
    const last = this.toolCalls.at(-1);
    if (this.answer.length > (last?.textBefore ?? 0)) return 'answering';
    if (last && !this.toolCalls.every(isOver)) return 'calling';
    const reasons = this.reasoningStartedAt !== null && this.reasoningEndedAt === null;
    return reasons ? 'reasoning' : 'preparing';
  }
}
