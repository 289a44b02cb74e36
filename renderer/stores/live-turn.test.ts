import { describe, expect, it } from 'vitest';
import type { TurnEvent, TurnSnapshot } from '../../electron/contract/conversations';
import { calledTool } from '../../electron/contract/testing/messages';
import { assistant } from '../bridge/mock-data';
import { LiveTurn } from './live-turn';

const ids = { turnId: 't', conversationId: 'c', messageId: 'm' };

function delta(seq: number, channel: 'reasoning' | 'answer', text: string): TurnEvent {
  return { ...ids, seq, type: 'delta', channel, text, tokens: 1 };
}

describe('LiveTurn', () => {
  it('takes deltas in order, each once', () => {
    const turn = new LiveTurn(ids, 0);
    expect(turn.apply({ ...ids, seq: 1, type: 'started', promptTokens: 7 }, 0)).toBe('applied');
    expect(turn.apply(delta(2, 'reasoning', '4 + 9'), 10)).toBe('applied');
    expect(turn.apply(delta(2, 'reasoning', '4 + 9'), 11)).toBe('repeated');
    expect(turn.apply(delta(3, 'answer', '13'), 30)).toBe('applied');
    expect([turn.promptTokens, turn.reasoning, turn.answer]).toEqual([7, '4 + 9', '13']);
    expect([turn.reasoningTokens, turn.answerTokens]).toEqual([1, 1]);
  });

  it('notices a missing event and does not take what follows it', () => {
    const turn = new LiveTurn(ids, 0);
    turn.apply({ ...ids, seq: 1, type: 'started', promptTokens: 7 }, 0);
    expect(turn.apply(delta(3, 'answer', 'x'), 0)).toBe('gap');
    expect(turn.answer).toBe('');
  });

  it('measures the reasoning from its first token to the first of the answer', () => {
    const turn = new LiveTurn(ids, 0);
    turn.apply({ ...ids, seq: 1, type: 'started', promptTokens: 7 }, 0);
    expect(turn.phase).toBe('preparing');
    turn.apply(delta(2, 'reasoning', 'a'), 100);
    expect(turn.phase).toBe('reasoning');
    expect(turn.reasoningMs(350)).toBe(250);
    turn.apply(delta(3, 'answer', 'b'), 400);
    expect(turn.phase).toBe('answering');
    expect(turn.reasoningMs(9000)).toBe(300);
  });

  it('waits for a tool without counting that as reasoning, and reasons on after it', () => {
    const turn = new LiveTurn(ids, 0);
    const call = calledTool({ reasoningBefore: 1, state: 'asking' });
    turn.apply(delta(1, 'reasoning', 'a'), 100);
    turn.apply({ ...ids, seq: 2, type: 'tool', call }, 300);
    expect([turn.phase, turn.reasoningMs(5_000)]).toEqual(['calling', 200]);
    turn.apply({ ...ids, seq: 3, type: 'tool', call: { ...call, state: 'done' } }, 5_000);
    expect(turn.toolCalls).toEqual([{ ...call, state: 'done' }]);
    expect(turn.phase).toBe('preparing');
    turn.apply(delta(4, 'reasoning', 'b'), 6_000);
    expect([turn.phase, turn.reasoningMs(6_100)]).toEqual(['reasoning', 300]);
    turn.apply(delta(5, 'answer', 'c'), 6_200);
    expect([turn.phase, turn.reasoningMs(9_000)]).toEqual(['answering', 400]);
  });

  it('goes on from a snapshot without repeating or losing anything', () => {
    const snapshot: TurnSnapshot = {
      turnId: 't',
      conversationId: 'c',
      message: assistant('c', 'm', 'u', '', { state: 'streaming', reasoning: '4 + 9 =' }),
      seq: 4,
      startedAt: 0,
      reasoningTokens: 3,
      outputTokens: 3,
      reasoningMs: 500,
    };
    const turn = LiveTurn.fromSnapshot(snapshot, 1000);
    expect(turn.apply(delta(4, 'reasoning', ' ='), 1000)).toBe('repeated');
    expect(turn.apply(delta(5, 'reasoning', ' 13'), 1000)).toBe('applied');
    expect(turn.reasoning).toBe('4 + 9 = 13');
    expect(turn.reasoningTokens).toBe(4);
    expect(turn.reasoningMs(1100)).toBe(600);
  });
});
