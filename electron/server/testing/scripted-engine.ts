import { loadedModelOf, manifestOf, statsOf } from '../../app/testing/facts.mjs';
import type { EngineService, EngineStatus, LoadedModel } from '../../contract/engine';
import type { GenerationEvent, GenerationRequest, GenerationStats } from '../../contract/generation';
import { type Manifest, ManifestSchema } from '../../contract/manifest';

/** What the engine does for one request: what is yielded is sent, and `signal` tells that the client has gone. */
export type Script = (request: GenerationRequest, signal: AbortSignal) => AsyncGenerator<GenerationEvent>;

/** An EngineService without a model. It follows its script and remembers what it was asked. */
export class ScriptedEngine implements EngineService {
  readonly requests: GenerationRequest[] = [];
  /** How each request ended, in the order of the ends. */
  readonly ends: ('completed' | 'aborted')[] = [];
  current: EngineStatus = { state: 'ready', model: loaded(manifest()) };
  script: Script = answer('I am AutoGLM.', 'Who am I?');

  status(): EngineStatus {
    return this.current;
  }

  onStatus(): () => void {
    return () => {};
  }

  async *generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
    this.requests.push(request);
    try {
      for await (const event of this.script(request, signal)) {
        if (signal.aborted) return;
        yield event;
      }
    } finally {
      this.ends.push(signal.aborted ? 'aborted' : 'completed');
    }
  }

  async countTokens(request: GenerationRequest): Promise<number> {
    return request.messages.length;
  }
}

/** Reasoning and answer character by character, as a tokenizer with one token a character would. */
export function answer(text: string, reasoning = ''): Script {
  return async function* (request) {
    yield { type: 'started', promptTokens: 7 };
    const thoughts = request.enableThinking ? [...reasoning] : [];
    for (const character of thoughts) yield delta('reasoning', character);
    for (const character of text) yield delta('answer', character);
    const reasoningTokens = thoughts.length;
    const outputTokens = reasoningTokens + [...text].length;
    yield { type: 'finished', reason: 'stop', stats: stats({ outputTokens, reasoningTokens }) };
  };
}

/** Never ends by itself. */
export function endless(): Script {
  return async function* (_request, signal) {
    yield { type: 'started', promptTokens: 7 };
    while (!signal.aborted) {
      yield delta('answer', 'again ');
      await sleep(5);
    }
    yield { type: 'finished', reason: 'aborted', stats: stats({}) };
  };
}

export function events(...list: readonly GenerationEvent[]): Script {
  return async function* () {
    yield* list;
  };
}

export function delta(channel: 'reasoning' | 'answer', text: string): GenerationEvent {
  return { type: 'delta', channel, text, tokens: 1 };
}

export const stats = (overrides: Partial<GenerationStats>): GenerationStats =>
  statsOf({ promptTokens: 7, outputTokens: 2, reasoningTokens: 0, reasoningMs: 0, ...overrides });

export const manifest = (overrides: Partial<Manifest> = {}): Manifest =>
  ManifestSchema.parse(manifestOf('autoglm-phone-nano', { name: 'AutoGLM Phone Nano', ...overrides }));

export const loaded = (model: Manifest): LoadedModel => loadedModelOf(model);

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
