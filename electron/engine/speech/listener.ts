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

/** Samples from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where somebody speaks, with some room around each voice. */
export async function findVoices(vad: SileroVad, samples: Float32Array): Promise<Span[]> {
  const listener = new SpeechListener(vad);
  const events: (SpeechEvent | null)[] = [];
  for (let at = 0; at < samples.length; at += SPEECH_RATE) {
    events.push(...listener.push(samples.subarray(at, at + SPEECH_RATE)));
    // Five minutes take seconds: answers that are being written go on in between.
    await setImmediate();
  }
  events.push(listener.end());
  return events.flatMap((event) =>
    event?.type === 'end' ? [{ start: event.start, end: Math.min(event.end, samples.length) }] : [],
  );
}

/** Sound that is no longer is written down in one go; its pauses stay, as they carry meaning. */
const WHOLE_SECONDS = 60;
/** Longer sound is written down in stretches, so that others who speak or ask meanwhile get their turn between two. */
const STRETCH_SECONDS = 30;

/**
 * What of a recording is written down, in order: all of it without the silence at its ends, or stretches of about half a minute that
 * begin and end in pauses. Somebody who makes none gets one that is longer.
 */
export function toStretches(voices: readonly Span[]): Span[] {
  const [first] = voices;
  const last = voices.at(-1);
  if (!first || !last) return [];
  if (last.end - first.start <= WHOLE_SECONDS * SPEECH_RATE) return [{ start: first.start, end: last.end }];
  const stretches: Span[] = [];
  for (const voice of voices) {
    const open = stretches.at(-1);
    if (open && voice.end - open.start <= STRETCH_SECONDS * SPEECH_RATE) {
      stretches[stretches.length - 1] = { start: open.start, end: voice.end };
    } else stretches.push(voice);
  }
  return stretches;
}
