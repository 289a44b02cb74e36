import type { EngineService, EngineStatus } from '../../contract/engine';
import type { GenerationEvent, GenerationRequest } from '../../contract/generation';
import { AsyncQueue } from '../engine-client/async-queue';
import { statsOf } from './facts.mjs';

export const stats = statsOf();

export interface ScriptedRun {
  readonly request: GenerationRequest;
  readonly signal: AbortSignal;
  /** `finished` and `failed` end the run. */
  send(event: GenerationEvent): void;
  say(text: string, channel?: 'reasoning' | 'answer'): void;
}

/** An engine whose every word the test says. */
export class ScriptedEngine implements EngineService {
  readonly runs: ScriptedRun[] = [];

  status(): EngineStatus {
    return { state: 'stopped' };
  }

  onStatus(): () => void {
    return () => {};
  }

  generate(request: GenerationRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
    const queue = new AsyncQueue<GenerationEvent>();
    const send = (event: GenerationEvent) => {
      queue.push(event);
      if (event.type === 'finished' || event.type === 'failed') queue.end();
    };
    this.runs.push({
      request,
      signal,
      send,
      say: (text, channel = 'answer') => send({ type: 'delta', channel, text, tokens: 1 }),
    });
    return queue;
  }

  async countTokens(request: GenerationRequest): Promise<number> {
    return JSON.stringify(request.messages).length;
  }
}
