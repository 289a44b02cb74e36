import { create } from 'zustand';
import type { TurnEvent, TurnSnapshot } from '../../electron/contract/conversations';
import type { CalledTool } from '../../electron/contract/tools';
import { LiveTurn } from './live-turn';

type Finished = Extract<TurnEvent, { type: 'finished' }>;

/** Which conversations have an answer in progress; it changes twice a turn, so anything may select from it. */
interface RunningState {
  readonly byConversation: Readonly<Record<string, { readonly turnId: string; readonly messageId: string }>>;
}

export const useRunning = create<RunningState>(() => ({ byConversation: {} }));

const turns = new Map<string, LiveTurn>();
const byMessage = new Map<string, LiveTurn>();
const listeners = new Map<string, Set<() => void>>();
const dirty = new Set<string>();
/** Events of turns that are being attached, to be applied on top of the snapshot. */
const held = new Map<string, TurnEvent[]>();
let frame = 0;

/** What the registry asks of the rest of the page. */
export interface LiveHooks {
  /** The turn's text is not known here from its start: fetch it and call `attach`. */
  readonly needsAttach: (conversationId: string) => void;
  readonly finished: (event: Finished) => void;
}

let hooks: LiveHooks = { needsAttach: () => {}, finished: () => {} };

export function setLiveHooks(next: LiveHooks): void {
  hooks = next;
}

export function liveTurnOf(messageId: string): LiveTurn | undefined {
  return byMessage.get(messageId);
}

/** Called at most once a frame while the message is written, and when it begins or ends. */
export function subscribeLive(messageId: string, listener: () => void): () => void {
  let set = listeners.get(messageId);
  if (!set) {
    set = new Set();
    listeners.set(messageId, set);
  }
  set.add(listener);
  return () => {
    set.delete(listener);
    if (set.size === 0) listeners.delete(messageId);
  };
}

function notify(messageId: string): void {
  for (const listener of [...(listeners.get(messageId) ?? [])]) listener();
}

function markDirty(messageId: string): void {
  dirty.add(messageId);
  if (frame) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    const ids = [...dirty];
    dirty.clear();
    for (const id of ids) notify(id);
  });
}

function setRunning(conversationId: string, running: { turnId: string; messageId: string } | null): void {
  useRunning.setState(({ byConversation }) => {
    const next = { ...byConversation };
    if (running) next[conversationId] = running;
    else delete next[conversationId];
    return { byConversation: next };
  });
}

function register(turn: LiveTurn): void {
  turns.set(turn.turnId, turn);
  byMessage.set(turn.messageId, turn);
  setRunning(turn.conversationId, { turnId: turn.turnId, messageId: turn.messageId });
}

function forget(turn: LiveTurn): void {
  turns.delete(turn.turnId);
  byMessage.delete(turn.messageId);
  held.delete(turn.turnId);
  dirty.delete(turn.messageId);
  if (useRunning.getState().byConversation[turn.conversationId]?.turnId === turn.turnId) {
    setRunning(turn.conversationId, null);
  }
}

/** The turn a window starts itself, with what its message already holds when it is continued. */
export function beginTurn(
  ids: { turnId: string; conversationId: string; messageId: string },
  written: {
    reasoning: string;
    text: string;
    reasoningTokens: number;
    toolCalls?: readonly CalledTool[];
  },
): void {
  const known = turns.get(ids.turnId);
  if (known) {
    // Its first events came before the answer to `turns.start`: put the kept text in front of them.
    known.reasoning = written.reasoning + known.reasoning;
    known.answer = written.text + known.answer;
    known.reasoningTokens += written.reasoningTokens;
    known.toolCalls = [...(written.toolCalls ?? []), ...known.toolCalls];
    markDirty(known.messageId);
    return;
  }
  const turn = new LiveTurn(ids, performance.now());
  turn.reasoning = written.reasoning;
  turn.answer = written.text;
  turn.reasoningTokens = written.reasoningTokens;
  turn.toolCalls = written.toolCalls ?? [];
  register(turn);
  notify(turn.messageId);
}

export function attachTurn(snapshot: TurnSnapshot): void {
  const turn = LiveTurn.fromSnapshot(snapshot, performance.now());
  const waiting = held.get(turn.turnId) ?? [];
  held.delete(turn.turnId);
  const known = turns.get(turn.turnId);
  if (known && known.seq >= turn.seq) {
    for (const event of waiting) receiveTurnEvent(event);
    return;
  }
  register(turn);
  notify(turn.messageId);
  for (const event of waiting) receiveTurnEvent(event);
}

/** The host was away or restarted: what it says is running is attached again, the rest is over. */
export function forgetAllTurns(): void {
  for (const turn of [...turns.values()]) {
    forget(turn);
    notify(turn.messageId);
  }
  held.clear();
}

export function receiveTurnEvent(event: TurnEvent): void {
  const waiting = held.get(event.turnId);
  if (event.type === 'finished') {
    // It carries the whole message, so whatever is missing before it no longer matters.
    const turn = turns.get(event.turnId);
    held.delete(event.turnId);
    if (turn) forget(turn);
    hooks.finished(event);
    notify(event.messageId);
    return;
  }
  if (waiting) {
    waiting.push(event);
    return;
  }
  let turn = turns.get(event.turnId);
  if (!turn && event.seq === 1) {
    turn = new LiveTurn(event, performance.now());
    register(turn);
  }
  const result = turn ? turn.apply(event, performance.now()) : 'gap';
  if (result === 'applied') markDirty(event.messageId);
  else if (result === 'gap') {
    held.set(event.turnId, [event]);
    hooks.needsAttach(event.conversationId);
  }
}
