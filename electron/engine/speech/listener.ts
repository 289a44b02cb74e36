import { setImmediate } from 'node:timers/promises';
import type { SpeechEvent } from '../../contract/speech';
import { SPEECH_RATE } from '../../contract/wav';
import { type EndpointOptions, Endpoints } from './endpoints';
import type { SileroVad, VadStream } from './silero';

/** Follows one sound and says when somebody begins and ends to speak. */
export class SpeechListener {
  readonly #stream: VadStream;
  readonly #endpoints: Endpoints;

  constructor(vad: SileroVad, options?: Partial<EndpointOptions>) {
    this.#stream = vad.stream();
    this.#endpoints = new Endpoints(options);
  }

  /** @param samples mono, 16 kHz, -1 … 1; as many as there are. */
  push(samples: Float32Array): SpeechEvent[] {
    return this.#stream.push(samples).flatMap((probability) => this.#endpoints.push(probability) ?? []);
  }

  end(): SpeechEvent | null {
    return this.#endpoints.end();
  }
}

/**
 * The sound without the silence before the first word and after the last; pauses inside stay, as they carry meaning.
 *
 * @returns null where nobody speaks.
 */
export async function trimSilence(vad: SileroVad, samples: Float32Array): Promise<Float32Array | null> {
  const listener = new SpeechListener(vad);
  const events: (SpeechEvent | null)[] = [];
  for (let at = 0; at < samples.length; at += SPEECH_RATE) {
    events.push(...listener.push(samples.subarray(at, at + SPEECH_RATE)));
    // Five minutes take seconds: answers that are being written go on in between.
    await setImmediate();
  }
  events.push(listener.end());
  const spoken = events.filter((event) => event?.type === 'end');
  const [first] = spoken;
  const end = spoken.at(-1)?.end;
  if (!first || end === undefined) return null;
  return samples.subarray(first.start, Math.min(end, samples.length));
}
