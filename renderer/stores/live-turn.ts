import type { TurnEvent, TurnSnapshot } from '../../electron/contract/conversations';

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
    turn.reasoningTokens = snapshot.reasoningTokens;
    turn.answerTokens = snapshot.outputTokens - snapshot.reasoningTokens;
    if (snapshot.reasoningMs !== null) {
      turn.reasoningStartedAt = now - snapshot.reasoningMs;
      if (message.text !== '') turn.reasoningEndedAt = now;
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
    return 'applied';
  }

  #append(delta: Delta, now: number): void {
    if (delta.channel === 'reasoning') {
      this.reasoning += delta.text;
      this.reasoningTokens += delta.tokens;
      this.reasoningStartedAt ??= now;
    } else {
      this.answer += delta.text;
      this.answerTokens += delta.tokens;
      if (this.reasoningStartedAt !== null && delta.text !== '') this.reasoningEndedAt ??= now;
    }
  }

  reasoningMs(now: number): number {
    if (this.reasoningStartedAt === null) return 0;
    return (this.reasoningEndedAt ?? now) - this.reasoningStartedAt;
  }

  get phase(): 'preparing' | 'reasoning' | 'answering' {
    if (this.answer !== '') return 'answering';
    return this.reasoningStartedAt === null ? 'preparing' : 'reasoning';
  }
}
