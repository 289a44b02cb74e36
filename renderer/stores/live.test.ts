// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { TurnEvent } from '../../electron/contract/conversations';
import { assistant } from '../bridge/mock-data';
import {
  attachTurn,
  beginTurn,
  forgetAllTurns,
  liveTurnOf,
  receiveTurnEvent,
  setLiveHooks,
  subscribeLive,
  useRunning,
} from './live';

const ids = { turnId: 't', conversationId: 'c', messageId: 'm' };
const started: TurnEvent = { ...ids, seq: 1, type: 'started', promptTokens: 3 };

function delta(seq: number, text: string): TurnEvent {
  return { ...ids, seq, type: 'delta', channel: 'answer', text, tokens: 1 };
}

const needsAttach = vi.fn();
const finished = vi.fn();

beforeEach(() => {
  forgetAllTurns();
  needsAttach.mockReset();
  finished.mockReset();
  setLiveHooks({ needsAttach, finished });
});

describe('live turns', () => {
  it('tells a message’s subscribers once a frame, however many tokens came', async () => {
    const changed = vi.fn();
    const end = subscribeLive('m', changed);
    receiveTurnEvent(started);
    for (let seq = 2; seq < 50; seq += 1) receiveTurnEvent(delta(seq, 'x'));
    expect(changed).not.toHaveBeenCalled();
    await expect.poll(() => changed.mock.calls.length).toBe(1);
    expect(liveTurnOf('m')?.answer).toBe('x'.repeat(48));
    end();
  });

  it('keeps the text of an answer that is continued, whichever comes first', () => {
    receiveTurnEvent(started);
    receiveTurnEvent(delta(2, ' world'));
    beginTurn(ids, { reasoning: '', text: 'Hello', reasoningTokens: 0 });
    expect(liveTurnOf('m')?.answer).toBe('Hello world');
  });

  it('attaches to a turn whose beginning it never saw, and loses nothing that came meanwhile', () => {
    receiveTurnEvent(delta(7, 'g'));
    receiveTurnEvent(delta(8, 'h'));
    expect(needsAttach).toHaveBeenCalledExactlyOnceWith('c');
    attachTurn({
      turnId: 't',
      conversationId: 'c',
      message: assistant('c', 'm', 'u', 'abcdefg', { state: 'streaming' }),
      seq: 7,
      startedAt: 0,
      reasoningTokens: 0,
      outputTokens: 7,
      reasoningMs: null,
    });
    expect(liveTurnOf('m')?.answer).toBe('abcdefgh');
    receiveTurnEvent(delta(9, 'i'));
    expect(liveTurnOf('m')?.answer).toBe('abcdefghi');
  });

  it('knows which conversations are being answered', () => {
    receiveTurnEvent(started);
    expect(useRunning.getState().byConversation).toEqual({ c: { turnId: 't', messageId: 'm' } });
    receiveTurnEvent({ ...ids, seq: 2, type: 'finished', message: assistant('c', 'm', 'u', 'done') });
    expect(useRunning.getState().byConversation).toEqual({});
    expect(liveTurnOf('m')).toBeUndefined();
    expect(finished).toHaveBeenCalledOnce();
  });

  it('takes the end of a turn also when events before it are missing', () => {
    receiveTurnEvent(started);
    receiveTurnEvent(delta(5, 'x'));
    receiveTurnEvent({ ...ids, seq: 9, type: 'finished', message: assistant('c', 'm', 'u', 'whole') });
    expect(finished).toHaveBeenCalledOnce();
    expect(liveTurnOf('m')).toBeUndefined();
  });
});
