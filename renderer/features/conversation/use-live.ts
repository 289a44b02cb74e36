import { useCallback, useSyncExternalStore } from 'react';
import type { CalledTool } from '../../../electron/contract/tools';
import { liveTurnOf, subscribeLive } from '../../stores/live';
import type { LiveTurn } from '../../stores/live-turn';

/** Null once the message is no longer being written. */
export type LivePhase = LiveTurn['phase'] | null;

/** Draws its user again only when the phase changes, not at every token. */
export function useLivePhase(messageId: string): LivePhase {
  const subscribe = useCallback((changed: () => void) => subscribeLive(messageId, changed), [messageId]);
  return useSyncExternalStore(subscribe, () => liveTurnOf(messageId)?.phase ?? null);
}

/** The answer's text as it grows, at most once a frame. */
export function useLiveAnswer(messageId: string): string | null {
  const subscribe = useCallback((changed: () => void) => subscribeLive(messageId, changed), [messageId]);
  return useSyncExternalStore(subscribe, () => liveTurnOf(messageId)?.answer ?? null);
}

/** What it calls, as it goes on. */
export function useLiveCalls(messageId: string): readonly CalledTool[] | null {
  const subscribe = useCallback((changed: () => void) => subscribeLive(messageId, changed), [messageId]);
  return useSyncExternalStore(subscribe, () => liveTurnOf(messageId)?.toolCalls ?? null);
}
